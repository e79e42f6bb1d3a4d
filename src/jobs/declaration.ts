import * as z from 'zod'
import { isTimeZone } from '../instant'
import { FieldPath } from '../options'

export const TimeZone = z
  .string({ error: 'must be an IANA time zone, such as "Europe/Berlin"' })
  .refine(isTimeZone, { error: ({ input }) => `must be an IANA time zone; "${String(input)}" is none` })

/** One field or several. */
export const PrimaryKey = z
  .union([FieldPath.transform((path) => [path]), z.array(FieldPath).min(1, 'must name a field')], {
    error: 'must be a field path or a list of field paths',
  })
  .refine((paths) => new Set(paths).size === paths.length, 'names a field twice')

export const ChangePolicy = z.enum(['ignore', 'reject', 'send'], {
  error: 'must be "ignore", "reject" or "send"',
})
export const LatePolicy = z.enum(['send', 'reject'], { error: 'must be "send" or "reject"' })

const part = z.number({ error: 'must be a number' }).nonnegative('must not be negative').optional()

/** A duration in ms. */
export const DurationMs = z
  .strictObject({ days: part, hours: part, minutes: part }, { error: durationError })
  .transform(({ days = 0, hours = 0, minutes = 0 }) => ((days * 24 + hours) * 60 + minutes) * 60_000)

export const PositiveDurationMs = DurationMs.refine((ms) => ms > 0, 'must be longer than nothing')

function durationError({ code }: { readonly code?: string }): string | undefined {
  return code === 'invalid_type' ? 'must be a duration, such as { days: 1, hours: 12 }' : undefined
}
