import * as z from 'zod'
import { Span } from './outbox-entry'
import { Memory } from './run-file'
import type { StateDocument } from './state-document'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()
const count = z.number().int()

/** A commit that waits for a person, or did: its batches are `planned` until then. */
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
  deletions: count,
  span: Span.nullable(),
  /** Where its rows would land, for people. */
  target: z.string(),
  /** What it is expected to cost; null where that is not known. */
  serverCalls: z.number().nullable(),
  notes: z.array(z.string()),
  /** Rows as they would be sent. */
  sample: z.array(z.string()),
  /** The deduplication index without its records: where it is dropped, they are told from those that were sent before. */
  memoryBefore: Memory,
  /** Null while it waits. */
  decision: z.object({ kind: z.enum(['approved', 'dropped']), run: z.string(), at: storeTime }).nullable(),
})
export type Plan = z.infer<typeof Plan>

/** The plan that waits for a person; nothing more is extracted while there is one. */
export function waitingPlan({ plan }: Pick<StateDocument, 'plan'>): Plan | null {
  return plan?.decision === null ? plan : null
}
