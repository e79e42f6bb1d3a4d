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

/** ISO 8601, and its common variants: a blank instead of the T, slashes in the date, an offset without colon. */
const pattern =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** Parses a date or time. Null for everything else, also for a date that the calendar does not have. */
export function parseWallTime(text: string): WallTime | null {
  const match = pattern.exec(text)
  if (!match) return null
  const [, year, , month, day, hour, minute, second, fraction = '', zone] = match
  const days = daysSinceEpoch(Number(year), Number(month), Number(day))
  const secondsOfDay = timeOfDay(hour, minute, second)
  const offsetMs = zone === undefined ? null : offsetOf(zone)
  if (days === null || Number(year) < 1000 || secondsOfDay === null || offsetMs === undefined) return null
  return {
    ms: (days * 86_400 + secondsOfDay) * 1000,
    fraction: fraction.endsWith('0') ? fraction.replace(/0+$/, '') : fraction,
    offsetMs,
    isDate: hour === undefined,
  }
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

function timeOfDay(hour = '0', minute = '0', second = '0'): number | null {
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)]
  return hours > 23 || minutes > 59 || seconds > 59 ? null : hours * 3600 + minutes * 60 + seconds
}

/** ms; undefined for an offset that no time zone has. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
