import { TZDate } from '@date-fns/tz'
import * as z from 'zod'
import { isTimeZone } from '../../instant'
import { repeatedTimes } from './repeated-times'

/**
 * How an API takes instants: ISO 8601 in UTC with milliseconds, whole seconds or milliseconds since the epoch, or a
 * pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and `SSS` in an IANA zone, such as `yyyy-MM-dd`.
 */
export type InstantFormat = 'iso' | 's' | 'ms' | { readonly pattern: string; readonly timeZone: string }

/** Finest first, with its length in ms; days are calendar days. */
const units = [
  ['SSS', 1],
  ['ss', 1_000],
  ['mm', 60_000],
  ['HH', 3_600_000],
  ['dd', 86_400_000],
] as const
const token = /yyyy|MM|dd|HH|mm|ss|SSS/g

const Option = z.union([
  z.enum(['iso', 's', 'ms']),
  z.strictObject({ pattern: z.string().refine(isOrdered), timeZone: z.string().refine(isTimeZone) }),
])

/** One message for all that can be wrong with it. */
export const InstantFormatOption = z.custom<InstantFormat>(
  (value) => Option.safeParse(value).success,
  'must be "iso", "s", "ms" or { pattern, timeZone }: yyyy, MM, dd and then HH, mm, ss, SSS as far as the API goes, in an IANA zone',
)

/** A pattern with minutes and no hours would be another instant for most values. */
function isOrdered(pattern: string): boolean {
  const found = pattern.match(token) ?? []
  const needed = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss', 'SSS'].slice(0, found.length)
  return found.length >= 3 && needed.every((part) => found.filter((other) => other === part).length === 1)
}

/**
 * Writes an instant. A format that is coarser than the instant rounds it.
 * @param ms since the epoch
 * @param rounding `down` for a beginning and `up` for an exclusive end, so that the range asked for is never too short
 */
export function writeInstant(format: InstantFormat, ms: number, rounding: 'down' | 'up'): string | number {
  const round = rounding === 'down' ? Math.floor : Math.ceil
  if (format === 'iso') return new Date(ms).toISOString()
  if (format === 'ms') return ms
  if (format === 's') return round(ms / 1000)
  const { pattern, timeZone } = format
  const rounded = roundedOf(pattern, ms, timeZone, rounding)
  const clear = pattern.includes('HH') ? clearOf(rounded.getTime(), timeZone, rounding) : null
  const at = clear === null ? rounded : roundedOf(pattern, clear, timeZone, rounding)
  return pattern.replace(token, (part) => partOf(part, at))
}

/**
 * An instant before a beginning, or after an end, whose local time the API could take for the other one of two instants:
 * the range would then be too short. Null where it would not.
 */
function clearOf(ms: number, timeZone: string, rounding: 'down' | 'up'): number | null {
  const twice = repeatedTimes(ms, timeZone)
  if (!twice) return null
  if (rounding === 'down') return ms < twice.change ? twice.from - 1 : null
  return ms < twice.change ? null : twice.to
}

function roundedOf(pattern: string, ms: number, timeZone: string, rounding: 'down' | 'up'): TZDate {
  const floor = floorOf(pattern, ms, timeZone)
  return floor.getTime() === ms || rounding === 'down' ? floor : nextOf(pattern, floor)
}

/** The beginning of the unit that the pattern names last. */
function floorOf(pattern: string, ms: number, timeZone: string): TZDate {
  const at = new TZDate(ms, timeZone)
  if (!pattern.includes('HH')) {
    return new TZDate(at.getFullYear(), at.getMonth(), at.getDate(), timeZone)
  }
  const [, unit] = finest(pattern)
  const seconds = unit >= 60_000 ? 0 : at.getSeconds()
  const minutes = unit >= 3_600_000 ? 0 : at.getMinutes()
  const cut =
    (at.getMinutes() - minutes) * 60_000 + (at.getSeconds() - seconds) * 1_000 + at.getMilliseconds()
  return new TZDate(unit === 1 ? ms : ms - cut, timeZone)
}

function nextOf(pattern: string, floor: TZDate): TZDate {
  const [, unit] = finest(pattern)
  if (pattern.includes('HH')) return new TZDate(floor.getTime() + unit, floor.timeZone ?? 'UTC')
  return new TZDate(floor.getFullYear(), floor.getMonth(), floor.getDate() + 1, floor.timeZone ?? 'UTC')
}

function finest(pattern: string): (typeof units)[number] {
  return units.find(([part]) => pattern.includes(part)) ?? ['dd', 86_400_000]
}

function partOf(part: string, at: TZDate): string {
  const numbers: Readonly<Record<string, number>> = {
    yyyy: at.getFullYear(),
    MM: at.getMonth() + 1,
    dd: at.getDate(),
    HH: at.getHours(),
    mm: at.getMinutes(),
    ss: at.getSeconds(),
    SSS: at.getMilliseconds(),
  }
  return String(numbers[part]).padStart(part.length, '0')
}
