import { TZDate } from '@date-fns/tz'

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?$/

/**
 * Reads an ISO 8601 date, which means midnight in `timeZone`, or an instant with its offset. Returns ms since the epoch;
 * null for everything else, a local time without an offset included: what it means would be a guess.
 */
export function parseInstant(text: string, timeZone: string): number | null {
  const match = pattern.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0))
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return null
  const offset = match[8]
  if (offset === undefined) return atMidnight(year, month, day, timeZone)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, Number(`0.${match[7] ?? 0}`) * 1000)
  const offsetMs = offset === 'Z' ? 0 : minutesOf(offset) * 60_000
  return Number.isNaN(offsetMs) ? null : ms - offsetMs
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

/** Where the clocks skip midnight, the day begins when they go on. */
function atMidnight(year: number, month: number, day: number, timeZone: string): number | null {
  const ms = new TZDate(year, month - 1, day, timeZone).getTime()
  return Number.isNaN(ms) ? null : ms
}

/** `Date.UTC` takes 30 February for 2 March. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000
}

function minutesOf(offset: string): number {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(4))
  if (hours > 23 || minutes > 59) return NaN
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
