import { TZDate } from '@date-fns/tz'
import { inZone, parseWallTime } from '../../instant'
import type { RecordCursor } from '../../definition/sync'
import type { Cursor } from '../../state/work'

/**
 * Reads a cursor's value from a record. `at` is canonical, so that two notations of one place are equal; `since` stays
 * as the source wrote it. Null where the value is not in the cursor's notation.
 */
export function parseCursor(field: RecordCursor, value: unknown): Cursor | null {
  if (field.notation === 'text') {
    return typeof value === 'string' && value !== '' ? { at: value, since: value } : null
  }
  if (field.notation === 'number') return parseNumber(value)
  return field.unit === 'iso' ? parseInstant(field, value) : parseEpoch(field.unit, value)
}

/** Negative where `a` comes first, 0 where both are the same place. @param a,b canonical */
export function compareCursors({ notation }: Pick<RecordCursor, 'notation'>, a: string, b: string): number {
  if (notation === 'number') return compareNumbers(a, b)
  return a > b ? 1 : a < b ? -1 : 0
}

/** ms since the epoch of a canonical instant. */
export function instantOf(at: string): number {
  return Date.parse(`${at.slice(0, 23)}Z`)
}

/** The canonical instant of ms since the epoch. */
export function canonicalInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, '')
}

/** A canonical cursor as a number in the unit of a lookback: ms for instants; 0 for text, which has no distances. */
export function placeOf({ notation }: Pick<RecordCursor, 'notation'>, at: string): number {
  if (notation === 'text') return 0
  return notation === 'number' ? Number(at) : instantOf(at)
}

/**
 * The cursor that lies `distance` before, in the source's notation. `distance` is ms for instants, otherwise a plain
 * number.
 */
export function cursorBefore(field: RecordCursor, cursor: Cursor, distance: number): Cursor {
  if (field.notation === 'text') return cursor
  if (field.notation === 'number') {
    const { whole, fraction } = decimal(cursor.at)
    const at = `${whole - BigInt(Math.ceil(distance))}${fraction === '' ? '' : `.${fraction}`}`
    return { at, since: at }
  }
  const ms = instantOf(cursor.at) - distance
  return { at: canonicalInstant(ms), since: writeInstant(field, ms, cursor.since) }
}

/** The notation that the source itself uses: its unit, and for local times its separators and precision. */
function writeInstant({ unit, timeZone }: RecordCursor, ms: number, like: string): string {
  if (unit === 'ms') return String(ms)
  if (unit === 's') return String(Math.floor(ms / 1000))
  if (timeZone === null || hasZone.test(like)) return new Date(ms).toISOString()
  const local = new TZDate(ms, timeZone)
  const wall = Date.UTC(
    local.getFullYear(),
    local.getMonth(),
    local.getDate(),
    local.getHours(),
    local.getMinutes(),
    local.getSeconds(),
  )
  // Rounded down, so that reading begins earlier, never later.
  const text = new Date(wall).toISOString().slice(0, Math.min(like.length, 19))
  return text.replaceAll('-', like.charAt(4)).replace('T', like.charAt(10))
}

const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i
function parseInstant({ timeZone }: RecordCursor, value: unknown): Cursor | null {
  const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value
  const time = typeof text === 'string' ? parseWallTime(text) : null
  if (typeof text !== 'string' || !time) return null
  if (time.offsetMs === 0 && isCanonical(text))
    return { at: joined(text.slice(0, 19), time.fraction), since: text }
  const ms = time.offsetMs !== null ? time.ms - time.offsetMs : timeZone && inZone(time.ms, timeZone)
  return typeof ms === 'number' ? { at: withFraction(ms, time.fraction), since: text } : null
}

/** True where a date and time in UTC begins as the canonical notation does: `2026-11-20T09:00:00`. */
function isCanonical(text: string): boolean {
  return text.charAt(4) === '-' && text.charAt(10) === 'T' && text.charAt(16) === ':'
}

/** Fractions of any precision keep their order: `…00` < `…00.1` < `…00.12`. */
function withFraction(ms: number, fraction: string): string {
  return joined(new Date(ms).toISOString().slice(0, 19), fraction)
}

function joined(second: string, fraction: string): string {
  const digits = fraction.endsWith('0') ? fraction.replace(/0+$/, '') : fraction
  return digits === '' ? second : `${second}.${digits}`
}

function parseEpoch(unit: 's' | 'ms', value: unknown): Cursor | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  const match = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/.exec(text)
  const ms = match ? Number(match[1]) * (unit === 's' ? 1000 : 1) : NaN
  const fraction = match?.[2] ?? ''
  const hasYear = ms >= Date.UTC(0, 0) && ms <= Date.UTC(9999, 11, 31)
  if (!hasYear || (fraction !== '' && ms < 0)) return null
  const millis = unit === 's' ? '' : String(((ms % 1000) + 1000) % 1000).padStart(3, '0')
  return { at: withFraction(ms, millis + fraction), since: text }
}

/** An integer beyond 2^53 may have lost digits in JSON, so it counts as unreadable. */
function parseNumber(value: unknown): Cursor | null {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return null
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
  if (typeof text !== 'string' || !/^-?\d+(?:\.\d+)?$/.test(text)) return null
  const { whole, fraction, negative } = decimal(text)
  const sign = negative && whole === 0n && fraction !== '' ? '-' : ''
  return { at: `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`, since: text }
}

function decimal(text: string): {
  readonly whole: bigint
  readonly fraction: string
  readonly negative: boolean
} {
  const [whole = '0', fraction = ''] = text.split('.')
  return { whole: BigInt(whole), fraction: fraction.replace(/0+$/, ''), negative: text.startsWith('-') }
}

function compareNumbers(a: string, b: string): number {
  const left = decimal(a)
  const right = decimal(b)
  if (left.negative !== right.negative) return left.negative ? -1 : 1
  if (left.whole !== right.whole) return left.whole < right.whole ? -1 : 1
  if (left.fraction === right.fraction) return 0
  return left.fraction < right.fraction !== left.negative ? -1 : 1
}
