import * as z from 'zod'

const ms = z.number().int().nonnegative()
const positive = z.number().int().positive()

/** Adobe refuses larger imports, as JSON and as a file alike. */
export const importBytes = 50_000_000

/** Times and sizes of Classifications; those of Adobe's that are undocumented are assumptions (docs/guarantees.md). */
export const ClassificationsSettings = z.object({
  /** A commit whose answer was lost takes effect at most this long after its send window closed. */
  classificationSettleMs: ms.default(60 * 60_000),
  /** Adobe permits 12 requests in 6 s. */
  classificationRequestMs: ms.default(500),
  /** Rows of one import job. */
  classificationRows: positive.default(250_000),
  /** Text of one import job: it is held whole while it is uploaded. Adobe's own limit is {@link importBytes}. */
  classificationBytes: positive.max(importBytes - 1_000_000).default(5_000_000),
  /** Larger imports are uploaded as a file, which is not bound to the 60 s in which a send must end. */
  classificationJsonBytes: ms.max(importBytes).default(1_000_000),
  /** Import jobs of one commit at the same time. */
  classificationUnderWay: positive.default(2),
  /** Values are shown after this long: Adobe asks to wait 48 hours before complaining. */
  classificationArrivedWithinMs: ms.default(48 * 60 * 60_000),
  /** Between two looks at an export. */
  classificationExportPollMs: ms.default(10_000),
  /** The path of the API: Adobe's guide says `classifications`, its specification `classification`. */
  classificationPath: z.enum(['classifications', 'classification']).default('classifications'),
})
export type ClassificationsSettings = z.infer<typeof ClassificationsSettings>
