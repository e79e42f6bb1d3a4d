import { daysSinceEpoch } from '../../instant'

/** Larger numbers are milliseconds or a mistake: as seconds they lie after the year 2286. */
const tooLargeForSeconds = 10_000_000_000

/**
 * Seconds since the epoch of a hit's `timestamp`; null where Adobe would refuse or misread it: a number of milliseconds,
 * a time without a zone. Adobe cuts fractions of a second, and so does this: `toISOString()` always writes them.
 */
export function toSeconds(value: unknown): number | null {
  if (typeof value === 'string') {
    if (value.charCodeAt(4) === dash) return inRange(secondsOfIso(value))
    return /^\d{1,10}$/.test(value) ? Number(value) : null
  }
  if (value instanceof Date) return inRange(Math.floor(value.getTime() / 1000))
  return typeof value === 'number' ? inRange(value) : null
}

function inRange(seconds: number): number | null {
  return Number.isInteger(seconds) && seconds >= 0 && seconds < tooLargeForSeconds ? seconds : null
}

const plus = 0x2b
const dash = 0x2d
const dot = 0x2e
const zero = 0x30
const colon = 0x3a
const letterT = 0x54
const letterZ = 0x5a

/**
 * Seconds of `YYYY-MM-DDThh:mm[:ss[.fraction]]` with `Z`, `±hh:mm` or `±hhmm` (ISO 8601); NaN for anything else.
 * `Date.parse` is not used: it takes 30 February for 2 March, and is too slow for a call on each row.
 */
function secondsOfIso(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const withSeconds = text.charCodeAt(16) === colon
  const second = withSeconds ? twoDigits(text, 17) : 0
  const punctuated =
    text.charCodeAt(7) === dash && text.charCodeAt(10) === letterT && text.charCodeAt(13) === colon
  const days = daysSinceEpoch(year, month, day)
  const real = days !== null && year >= 1970 && hour < 24 && minute < 60 && second < 60
  if (!punctuated || !real) return NaN
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second
  return seconds - offset(text, withSeconds ? behindFraction(text) : 16)
}

/** Index at which the zone of a text with seconds begins. */
function behindFraction(text: string): number {
  if (text.charCodeAt(19) !== dot) return 19
  let at = 20
  while (isDigit(text.charCodeAt(at))) at += 1
  // A dot without digits is no fraction: the zone is then looked for at the dot, and not found.
  return at === 20 ? 19 : at
}

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9
}

/** The zone offset at `at`, in seconds; it must end the text. */
function offset(text: string, at: number): number {
  const sign = text.charCodeAt(at)
  if (sign === letterZ) return text.length === at + 1 ? 0 : NaN
  const minutesAt = text.charCodeAt(at + 3) === colon ? at + 4 : at + 3
  const hours = twoDigits(text, at + 1)
  const minutes = twoDigits(text, minutesAt)
  if ((sign !== plus && sign !== dash) || text.length !== minutesAt + 2 || hours > 23 || minutes > 59)
    return NaN
  return (sign === dash ? -1 : 1) * (hours * 3600 + minutes * 60)
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero
  const ones = text.charCodeAt(at + 1) - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}
