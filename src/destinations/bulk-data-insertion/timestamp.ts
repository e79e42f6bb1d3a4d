import { earliestMs, parseWallTime } from '../../instant'

/** Larger numbers are milliseconds or a mistake: as seconds they lie after the year 2286. */
const tooLargeForSeconds = 10_000_000_000
const earliest = earliestMs / 1000

/**
 * Seconds since the epoch of a hit's `timestamp`; null where Adobe would refuse or misread it: a number of milliseconds,
 * a time without a zone, a time before 1973. Adobe cuts fractions of a second, and so does this: `toISOString()` always
 * writes them.
 */
export function toSeconds(value: unknown): number | null {
  if (typeof value === 'string') {
    if (value.charCodeAt(4) === dash) return inRange(secondsOfIso(value))
    return /^\d{1,10}$/.test(value) ? inRange(Number(value)) : null
  }
  if (value instanceof Date) return inRange(Math.floor(value.getTime() / 1000))
  return typeof value === 'number' ? inRange(value) : null
}

function inRange(seconds: number): number | null {
  return Number.isInteger(seconds) && seconds >= earliest && seconds < tooLargeForSeconds ? seconds : null
}

const comma = 0x2c
const dash = 0x2d
const letterT = 0x54

/**
 * Seconds of `YYYY-MM-DDThh:mm[:ss[.fraction]]` with `Z`, `±hh:mm` or `±hhmm` (ISO 8601); NaN for anything else, the
 * variants that the engine reads in cursors among it.
 */
function secondsOfIso(text: string): number {
  if (text.charCodeAt(10) !== letterT || text.charCodeAt(19) === comma || text.endsWith('z')) return NaN
  const time = parseWallTime(text)
  return time?.offsetMs === undefined || time.offsetMs === null ? NaN : (time.ms - time.offsetMs) / 1000
}
