import { refused } from './acceptance'
import type { Backfill, Replay } from '../../state/work'
import type { Resolution } from '../run-context'
import type { Acceptance } from './acceptance'

/** The exit of a backfill or replay that cannot go on: it ends where it stands. */
export function dropBackfill(work: Backfill | Replay, as: Resolution): Acceptance {
  const { name } = work
  if (as !== 'drop') throw refused(`${name} can only be dropped.`, `Use resolve=${name} as=drop.`)
  return {
    note: `${name} was dropped${extentOf(work)}.`,
    effect: { kind: 'backfill-dropped', name },
  }
}

/** The part of it that was done, for the note. */
function extentOf(work: Backfill | Replay): string {
  if (work.kind === 'replay') return '; the rejects it did not reach stay open'
  const reached =
    work.mode === 'sliced' ? work.doneTo && new Date(work.doneTo).toISOString() : work.cursor?.since
  return reached
    ? `; what it sent up to ${reached} stays sent, the rest of its range is left out`
    : ' before it sent anything'
}
