import * as z from 'zod'

const count = z.number().int().nonnegative()

/** What is watched, and when a figure deserves an alert. */
export const AlertSettings = z.strictObject({
  /**
   * How often the alarm of a job fires, in minutes; `<job>@all` for its runs for each linked organisation. A job that is
   * not named here is not watched for silence.
   */
  everyMinutes: z.record(z.string(), z.number().positive()).default({}),
  /** Open rejects of a job. */
  rejectsAbove: count.default(20),
  /** Rows of one run that are older than what their partition had already sent. */
  lateAbove: count.default(0),
  /** Confirmed rows whose arrival nobody has settled for this long. */
  uncheckedAfterHours: z.number().positive().default(72),
})
export type AlertSettings = z.infer<typeof AlertSettings>
