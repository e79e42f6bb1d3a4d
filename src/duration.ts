import * as z from 'zod'

/** A duration in days of exactly 24 hours, whatever the time zone. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
}

const part = z.number({ error: 'must be a number' }).nonnegative('must not be negative').optional()

/** A duration in ms. */
export const DurationMs = z
  .strictObject({ days: part, hours: part, minutes: part }, { error: durationError })
  .transform(({ days = 0, hours = 0, minutes = 0 }) => ((days * 24 + hours) * 60 + minutes) * 60_000)

export const PositiveDurationMs = DurationMs.refine((ms) => ms > 0, 'must be longer than nothing')

function durationError({ code }: { readonly code?: string }): string | undefined {
  return code === 'invalid_type' ? 'must be a duration, such as { days: 1, hours: 12 }' : undefined
}
