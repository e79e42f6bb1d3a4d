import { TZDate } from '@date-fns/tz'
import { earliestMs, inZone, parseWallTime } from '../../instant'

/** A date as Adobe reads it. */
export interface ReadDate {
  /** `MM/DD/YYYY` for a day, `MM/DD/YYYY/HH/mm/SS` for an instant, on the clocks of the report suite. */
  readonly text: string
  /** Equal exactly where Adobe sees the same moment, and in the order of time. */
  readonly sortable: string
  /** ms since the epoch, whole seconds. A day counts as its noon. */
  readonly ms: number
}

const noonMs = 12 * 60 * 60_000

/**
 * Reads a day, or an instant with its offset; null for everything else, such as a local time without an offset, and for a
 * time before 1973.
 */
export function readDate(value: unknown, timeZone: string): ReadDate | null {
  const date = dateOf(value, timeZone)
  return date && date.ms >= earliestMs ? date : null
}

function dateOf(value: unknown, timeZone: string): ReadDate | null {
  if (value instanceof Date) return instantDate(value.getTime(), timeZone)
  const time = typeof value === 'string' ? parseWallTime(value) : null
  if (!time) return null
  if (time.offsetMs !== null) return instantDate(time.ms - time.offsetMs, timeZone)
  if (!time.isDate) return null
  const ms = inZone(time.ms + noonMs, timeZone)
  if (ms === null) return null
  const { day, sortable } = partsOf(new Date(time.ms + noonMs), 'UTC')
  return { text: day, sortable, ms }
}

function instantDate(ms: number, timeZone: string): ReadDate | null {
  if (Number.isNaN(ms)) return null
  const seconds = Math.floor(ms / 1000) * 1000
  const { day, time, sortable } = partsOf(new Date(seconds), timeZone)
  return { text: `${day}/${time}`, sortable, ms: seconds }
}

function partsOf(instant: Date, timeZone: string) {
  const date = new TZDate(instant.getTime(), timeZone)
  const two = (part: number) => String(part).padStart(2, '0')
  const year = String(date.getFullYear()).padStart(4, '0')
  const [month, day] = [two(date.getMonth() + 1), two(date.getDate())]
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('/')
  return { day: `${month}/${day}/${year}`, time, sortable: `${year}/${month}/${day}/${time}` }
}

/** The same day and time so many calendar months later, in UTC; the last day of the month where it has no such day. */
export function monthsLater(ms: number, months: number): number {
  const date = new Date(ms)
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const lastDay = new Date(first)
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0)
  return first + (Math.min(date.getUTCDate(), lastDay.getUTCDate()) - 1) * 2 * noonMs + (ms % (2 * noonMs))
}
