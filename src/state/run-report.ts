import * as z from 'zod'

const count = z.number().int()

/** A batch that waits for a person. */
export const HeldBatch = z.object({
  batch: z.string(),
  group: z.string(),
  rows: count,
  code: z.string(),
  message: z.string(),
  choices: z.array(z.string()),
})
export type HeldBatch = z.infer<typeof HeldBatch>

/** What one run did, to be checked afterwards. In = rows (at least one a record) + rejects + duplicates + filtered. */
export const RunReport = z.object({
  job: z.string(),
  run: z.string(),
  outcome: z.enum(['succeeded', 'partial', 'skipped', 'failed']),
  /** Why it ended as it did, where that is not plain. */
  reason: z.string().optional(),
  /** What a person asked for and what became of it. */
  notes: z.array(z.string()),
  slices: count,
  records: count,
  rows: count,
  rejects: count,
  rejectsByReason: z.record(z.string(), count),
  duplicates: count,
  filtered: count,
  late: count,
  /** Batches committed. */
  batches: count,
  /** Batches that Adobe accepted, whichever run committed them. */
  confirmed: count,
  confirmedByLookup: count,
  invalidRows: count,
  /** Batches still on their way. */
  pending: count,
  held: z.array(HeldBatch),
  startedAt: z.string(),
  endedAt: z.string(),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).optional(),
})
export type RunReport = z.infer<typeof RunReport>
