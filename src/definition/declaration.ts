import * as z from 'zod'
import { isTimeZone } from '../instant'
import { FieldPath } from '../options'

export { DurationMs, PositiveDurationMs } from '../duration'

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
