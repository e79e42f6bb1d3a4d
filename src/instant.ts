import { TZDate } from '@date-fns/tz'

/** A date, or a date with a time of day, as the text states it, before a time zone is applied. */
export interface WallTime {
  /** As if it were UTC; ms since the epoch, whole seconds. */
  readonly ms: number
  /** Digits after the decimal point, without zeros at the end: any precision. */
  readonly fraction: string
  /** Null where the text has no offset. */
  readonly offsetMs: number | null
  /** True where the text has no time of day. */
  readonly isDate: boolean
}

const plus = 0x2b
const comma = 0x2c
const dash = 0x2d
const dot = 0x2e
const slash = 0x2f
const zero = 0x30
const colon = 0x3a
const letterT = 0x54
const letterZ = 0x5a
const blank = 0x20
/** Difference between a small letter and its capital. */
const small = 0x20

/** Needs no table of time zones. To load them takes 11 ms, which a container whose jobs use UTC alone starts without. */
const utc = 'UTC'

/** More digits of a fraction are cut. */
const fractionDigits = 9

/**
 * ms since the epoch, in 1973. An earlier time of a fact is a mistake: seconds that were taken for milliseconds lie in
 * early 1970, digits of a date such as 20261120 in August, and an absent time becomes the epoch itself.
 */
export const earliestMs = 100_000_000_000

/**
 * Parses ISO 8601, and its common variants: a blank instead of the T, slashes in the date, a comma before the fraction,
 * an offset without colon, small letters. Null for everything else, also for a date that the calendar does not have. A
 * scan instead of a pattern, because it runs once a record.
 */
export function parseWallTime(text: string): WallTime | null {
  const separator = text.charCodeAt(4)
  if ((separator !== dash && separator !== slash) || text.charCodeAt(7) !== separator) return null
  const year = twoDigitsAt(text, 0) * 100 + twoDigitsAt(text, 2)
  const days = daysSinceEpoch(year, twoDigitsAt(text, 5), twoDigitsAt(text, 8))
  if (days === null || !(year >= 1000)) return null
  const ms = days * 86_400_000
  if (text.length === 10) return { ms, fraction: '', offsetMs: null, isDate: true }

  const letter = text.charCodeAt(10)
  if (letter !== letterT && letter !== blank && letter !== letterT + small) return null
  const withSeconds = text.charCodeAt(16) === colon
  const hour = twoDigitsAt(text, 11)
  const minute = twoDigitsAt(text, 14)
  const second = withSeconds ? twoDigitsAt(text, 17) : 0
  const isTime = text.charCodeAt(13) === colon && hour < 24 && minute < 60 && second < 60
  const zoneAt = withSeconds ? fractionEnd(text) : 16
  const offsetMs = text.length === zoneAt ? null : offsetAt(text, zoneAt)
  if (!isTime || Number.isNaN(offsetMs)) return null
  return {
    ms: ms + (hour * 3600 + minute * 60 + second) * 1000,
    fraction: zoneAt > 19 ? fractionUpTo(text, Math.min(zoneAt, 20 + fractionDigits)) : '',
    offsetMs,
    isDate: false,
  }
}

/** Index behind the fraction of a text with seconds; that of its sign where no digit follows the sign. */
function fractionEnd(text: string): number {
  const sign = text.charCodeAt(19)
  if (sign !== dot && sign !== comma) return 19
  let at = 20
  while (isDigitAt(text, at)) at += 1
  return at === 20 ? 19 : at
}

/** Without zeros at the end. */
function fractionUpTo(text: string, at: number): string {
  let end = at
  while (text.charCodeAt(end - 1) === zero) end -= 1
  return text.slice(20, end)
}

function isDigitAt(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - zero
  return digit >= 0 && digit <= 9
}

/** The number of the two digits at `at`; NaN where there are none. */
function twoDigitsAt(text: string, at: number): number {
  return isDigitAt(text, at) && isDigitAt(text, at + 1)
    ? (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero
    : NaN
}

/** The offset of a zone that begins at `at` and ends the text, in ms: `Z`, `±hh:mm` or `±hhmm`; NaN for anything else. */
function offsetAt(text: string, at: number): number {
  const sign = text.charCodeAt(at)
  if (sign === letterZ || sign === letterZ + small) return text.length === at + 1 ? 0 : NaN
  const minutesAt = text.charCodeAt(at + 3) === colon ? at + 4 : at + 3
  const hours = twoDigitsAt(text, at + 1)
  const minutes = twoDigitsAt(text, minutesAt)
  const isZone = (sign === plus || sign === dash) && text.length === minutesAt + 2
  if (!isZone || hours > 23 || minutes > 59) return NaN
  const ms = (hours * 60 + minutes) * 60_000
  // Subtracted, not negated: -00:00 is 0, not -0.
  return sign === dash ? 0 - ms : ms
}

/**
 * Reads an ISO 8601 date, which means midnight in `timeZone`, or an instant with its offset. Returns ms since the epoch;
 * null for everything else, also for a local time without an offset, because its zone would be a guess.
 */
export function parseInstant(text: string, timeZone: string): number | null {
  const time = parseWallTime(text)
  if (!time) return null
  if (time.offsetMs !== null)
    return time.ms - time.offsetMs + Math.floor(Number(`0.${time.fraction}0`) * 1000)
  return time.isDate ? inZone(time.ms, timeZone) : null
}

/**
 * The instant at which clocks of the zone show `wallMs`; where a change to summer time skips it, the same time after.
 */
export function inZone(wallMs: number, timeZone: string): number | null {
  if (timeZone === utc) return Number.isNaN(wallMs) ? null : wallMs
  const wall = new Date(wallMs)
  const ms = new TZDate(
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
    timeZone,
  ).getTime()
  return Number.isNaN(ms) ? null : ms
}

/** Whether `name` is an IANA time zone that this platform knows. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false
  if (name === utc) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Days of the months before, in a year that begins in March: a leap day is then its last. */
const daysBefore = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275]
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Days from 1 January 1970 to a date of the Gregorian calendar, by integer arithmetic: it runs once a record. Null for
 * a date that the calendar does not have, such as 30 February, which `Date.UTC` takes for 2 March.
 * @param month 1 – 12
 */
export function daysSinceEpoch(year: number, month: number, day: number): number | null {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const lastDay = month === 2 && !isLeap ? 28 : (daysOfMonth[month - 1] ?? 0)
  if (!(day >= 1 && day <= lastDay)) return null
  const yearFromMarch = month > 2 ? year : year - 1
  const leapDays =
    Math.floor(yearFromMarch / 4) - Math.floor(yearFromMarch / 100) + Math.floor(yearFromMarch / 400)
  // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
  return yearFromMarch * 365 + leapDays + (daysBefore[month - 1] ?? 0) + day - 1 - 719_468
}
