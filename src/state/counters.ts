import * as z from 'zod'

/** What has happened since the last report. Written by the commits, so that a crash neither loses nor doubles it. */
export const Counters = z.object({
  slices: z.number(),
  records: z.number(),
  rows: z.number(),
  rejects: z.record(z.string(), z.number()),
  duplicates: z.number(),
  filtered: z.number(),
  late: z.number(),
  batches: z.number(),
  confirmed: z.number(),
  confirmedByLookup: z.number(),
  invalidRows: z.number(),
})
export type Counters = z.infer<typeof Counters>

export const noCounters: Counters = {
  slices: 0,
  records: 0,
  rows: 0,
  rejects: {},
  duplicates: 0,
  filtered: 0,
  late: 0,
  batches: 0,
  confirmed: 0,
  confirmedByLookup: 0,
  invalidRows: 0,
}
