import * as z from 'zod'
import { Span } from './outbox-entry'
import { Memory, RowKeys } from './run-file'
import type { StateDocument } from './state-document'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()
const count = z.number().int()

/** A commit that a person must approve: its batches are `planned` until it is approved or dropped. */
export const Plan = z.object({
  /** SHA-256 over the job, the commit, and the ids and content hashes of its batches, in order; hex. */
  id: z.string(),
  run: z.string(),
  /** Number of the commit. */
  commit: count,
  createdAt: storeTime,
  /** Why it waits; `approval` where the job requires it. */
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  rows: count,
  batches: count,
  span: Span.nullable(),
  /** Where its rows would go, as text for people. */
  target: z.string(),
  /** What it is expected to cost; null where that is not known. */
  serverCalls: z.number().nullable(),
  notes: z.array(z.string()),
  /** Rows as they would be sent. */
  sample: z.array(z.string()),
  /**
   * The deduplication index before this commit: dropping the plan marks exactly the records added since then as
   * dropped.
   */
  memoryBefore: Memory,
  /** The row keys before this commit: dropping the plan leaves those that both commits have. */
  rowKeysBefore: RowKeys.nullable().default(null),
  /** Null while it waits. */
  decision: z.object({ kind: z.enum(['approved', 'dropped']), run: z.string(), at: storeTime }).nullable(),
})
export type Plan = z.infer<typeof Plan>

/** A waiting plan as reports show it. Instants in ISO 8601. */
export const WaitingPlan = Plan.pick({
  ...{ id: true, reasons: true, rows: true, batches: true, target: true },
  ...{ serverCalls: true, notes: true, sample: true },
}).extend({
  /** Time of the first and the last row; null where rows have none. */
  first: z.string().nullable(),
  last: z.string().nullable(),
  createdAt: z.string(),
  /** Where the whole files lie. */
  folder: z.string(),
})
export type WaitingPlan = z.infer<typeof WaitingPlan>

/** The plan that waits for a person; nothing more is extracted while there is one. */
export function waitingPlan({ plan }: Pick<StateDocument, 'plan'>): Plan | null {
  return plan?.decision === null ? plan : null
}

/** The waiting plan, as a report shows it. */
export function reportPlan({ job, plan }: Pick<StateDocument, 'job' | 'plan'>): {
  readonly plan?: WaitingPlan
} {
  const waiting = waitingPlan({ plan })
  if (!waiting) return {}
  const { id, reasons, rows, batches, span, target, serverCalls, notes, sample } = waiting
  return {
    plan: {
      ...{ id, reasons, rows, batches, target, serverCalls, notes, sample },
      first: span && isoSeconds(span.first),
      last: span && isoSeconds(span.last),
      createdAt: new Date(waiting.createdAt).toISOString(),
      folder: `jobs/${job}/outbox/${waiting.run}/`,
    },
  }
}

function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
