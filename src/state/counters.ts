import * as z from 'zod'

const count = z.number().int()

/**
 * Counts since the last report. The commits write them, so that a crash neither loses nor doubles a count. The books:
 * records = taken + rejects + duplicates + filtered + repeated + behind + outOfRange.
 */
export const Counters = z.object({
  slices: count,
  /** Read from the source, or from the rejects that are replayed. */
  records: count,
  /** Records that became rows. */
  taken: count,
  /** Taken records that were rejects before and are valid now. */
  healed: count,
  rows: count,
  /** Rows of these that delete the keys of records that the source no longer has. */
  deletions: count.default(0),
  /** By reason code. */
  rejects: z.record(z.string(), count),
  /** Known as sent, with other content, which the job ignores (`onChange: 'ignore'`). */
  duplicates: count,
  /** Records that `map` left out. */
  filtered: count,
  /** Known, with the same content: decided before. */
  repeated: count,
  /** Unknown, but from before the cursor that the source was asked for: never sent. */
  behind: count,
  /** Outside the slice or range that was asked for, where the source declares that it may return such records. */
  outOfRange: count,
  /** Rows older than what their partition had already sent. */
  late: count,
  batches: count,
  confirmed: count,
  confirmedByLookup: count,
  /** Rows of confirmed batches that were since found at the destination. */
  arrived: count.default(0),
  invalidRows: count,
})
export type Counters = z.infer<typeof Counters>

export const noCounters: Counters = {
  slices: 0,
  records: 0,
  taken: 0,
  healed: 0,
  rows: 0,
  deletions: 0,
  rejects: {},
  duplicates: 0,
  filtered: 0,
  repeated: 0,
  behind: 0,
  outOfRange: 0,
  late: 0,
  batches: 0,
  confirmed: 0,
  confirmedByLookup: 0,
  arrived: 0,
  invalidRows: 0,
}

export function addCounters(counters: Counters, more: Partial<Counters>): Counters {
  const { rejects = {}, ...numbers } = more
  const sum = { ...counters, rejects: { ...counters.rejects } }
  for (const [name, value] of Object.entries(numbers) as [Exclude<keyof Counters, 'rejects'>, number][]) {
    sum[name] += value
  }
  for (const [code, value] of Object.entries(rejects)) sum.rejects[code] = (sum.rejects[code] ?? 0) + value
  return sum
}
