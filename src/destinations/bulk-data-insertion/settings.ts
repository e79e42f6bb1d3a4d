import * as z from 'zod'

const ms = z.number().int().nonnegative()
const positive = z.number().int().positive()

/** Times and sizes of Bulk Data Insertion; those of Adobe's that are undocumented are assumptions (docs/guarantees.md). */
export const BulkDataInsertionSettings = z.object({
  /** An accepted file shows in the key lookup at most this long after its send window closed. */
  settleMs: ms.default(15 * 60_000),
  /** Adobe remembers a key for this long. */
  trustMs: ms.default(24 * 60 * 60_000),
  batchRows: positive.default(40_000),
  /** Uncompressed. */
  batchBytes: positive.default(100_000_000),
  /** Compressed. */
  batchGzipBytes: positive.default(20_000_000),
  /** Adobe permits one request a second. */
  requestMs: ms.default(1_000),
  /** Adobe asks for 20 s between the files of a visitor group. */
  groupMs: ms.default(20_000),
  /** Adobe asks for 2,000 rows a second at most in a visitor group. */
  rowsPerSecond: positive.default(2_000),
  /** Accepted rows are in reports after this long: minutes for new ones, up to a day for rows of the past. */
  arrivedWithinMs: ms.default(24 * 60 * 60_000),
})
export type BulkDataInsertionSettings = z.infer<typeof BulkDataInsertionSettings>
