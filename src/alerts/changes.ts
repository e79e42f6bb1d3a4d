import * as z from 'zod'
import { ConditionKind } from './condition'
import type { Condition, Snapshot } from './condition'

/** Conditions that were told, by kind, with the subjects that they hold for. */
export const Told = z.partialRecord(
  ConditionKind,
  z.object({
    /** When it appeared, ms on the store's clock. */
    since: z.number(),
    subjects: z.array(z.string()),
  }),
)
export type Told = z.infer<typeof Told>

/** Something to tell: a condition that appeared, or holds for more than before, or one that is over. */
export type Change =
  | { readonly kind: 'appeared'; readonly condition: Condition }
  | { readonly kind: 'recovered'; readonly of: ConditionKind; readonly since: number }

/**
 * The changes that lead from what was told through each snapshot in turn, and what is told then. One change per
 * condition and snapshot; a condition that lasts is none. Pure.
 * @param storeNow ms since the epoch on the store's clock
 */
export function changesThrough(
  told: Told,
  snapshots: readonly Snapshot[],
  storeNow: number,
): { readonly told: Told; readonly changes: readonly Change[] } {
  let current = told
  const changes: Change[] = []
  for (const { speaksOf, conditions } of snapshots) {
    const next: Told = { ...current }
    for (const kind of speaksOf) {
      const before = current[kind]
      const condition = conditions.find((candidate) => candidate.kind === kind)
      if (condition) {
        if (isNews(condition, before?.subjects ?? [])) changes.push({ kind: 'appeared', condition })
        next[kind] = { since: before?.since ?? storeNow, subjects: [...condition.subjects] }
      } else if (before) {
        changes.push({ kind: 'recovered', of: kind, since: before.since })
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy; absent kinds do not hold
        delete next[kind]
      }
    }
    current = next
  }
  return { told: current, changes }
}

function isNews({ subjects }: Condition, before: readonly string[]): boolean {
  return subjects.some((subject) => !before.includes(subject))
}
