import * as z from 'zod'

const ms = z.number().int().nonnegative()
const positive = z.number().int().positive()

/** Times and sizes of Data Sources; those of Adobe's that are undocumented are assumptions (docs/guarantees.md). */
export const DataSourceSettings = z.object({
  /** An accepted file shows in the job list at most this long after its send window closed. Undocumented. */
  dataSourceVisibleMs: ms.default(15 * 60_000),
  dataSourceFileRows: positive.default(50_000),
  /** Adobe documents no limit for the API; of FTP it says that 50 MB in the queue pause it. */
  dataSourceFileBytes: positive.default(10_000_000),
  /** Adobe processes files with at most this many unique days. */
  dataSourceFileDays: positive.default(90),
  /** Adobe's limit for one row, in bytes, without its line end. */
  dataSourceRowBytes: positive.default(4096),
  /** Adobe permits 12 requests in 6 s per user. */
  dataSourceRequestMs: ms.default(500),
  /** A confirmed upload has been processed; it is asked for once more within this long. */
  dataSourceArrivedWithinMs: ms.default(24 * 60 * 60_000),
  /** An online hit must have been processed before a row can join it. Undocumented. */
  dataSourceHitMs: ms.default(24 * 60 * 60_000),
  /** Adobe keeps transaction IDs of online hits for this many months. */
  dataSourceHitMonths: positive.default(25),
})
export type DataSourceSettings = z.infer<typeof DataSourceSettings>
