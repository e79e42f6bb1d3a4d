import fc from '../../../fixtures/fast-check'
import {
  canonicalInstant,
  compareCursors,
  cursorBefore,
  instantOf,
  parseCursor,
} from '../../../../src/pipeline/extraction/cursor-value'
import type { RecordCursor } from '../../../../src/definition/sync'

const instant: RecordCursor = {
  kind: 'record',
  notation: 'instant',
  path: 'at',
  timeZone: null,
  unit: 'iso',
  toleranceMs: 0,
  faults: [],
}
const berlin: RecordCursor = { ...instant, timeZone: 'Europe/Berlin' }
const seconds: RecordCursor = { ...instant, unit: 's' }
const millis: RecordCursor = { ...instant, unit: 'ms' }
const number: RecordCursor = { ...instant, notation: 'number' }
const text: RecordCursor = { ...instant, notation: 'text' }

describe('an instant', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00'],
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00'],
    ['2025-12-31T19:30:00-0430', '2026-01-01T00:00:00'],
    ['2026-01-01 00:00z', '2026-01-01T00:00:00'],
    ['2026/01/01 00:00:00Z', '2026-01-01T00:00:00'],
    ['2026-01-01T00:00:00.120300Z', '2026-01-01T00:00:00.1203'],
  ])('of %s has the canonical form %s and keeps its notation', (value, at) => {
    expect(parseCursor(instant, value)).toEqual({ at, since: value })
  })

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00+25:00',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026/01-01T00:00:00Z',
    '1 January 2026',
    '',
    1767225600,
    null,
    undefined,
    {},
    new Date(NaN),
  ])('of %p is unreadable', (value) => {
    expect(parseCursor(instant, value)).toBeNull()
  })

  it('without a zone is read in the zone that the job declares', () => {
    expect(parseCursor(berlin, '2026-07-01')).toEqual({ at: '2026-06-30T22:00:00', since: '2026-07-01' })
    expect(parseCursor(berlin, '2026-01-01 12:00:00')?.at).toBe('2026-01-01T11:00:00')
    expect(parseCursor(berlin, '2026-01-01T12:00:00Z')?.at).toBe('2026-01-01T12:00:00')
  })

  it('as a number since the epoch keeps its unit', () => {
    expect(parseCursor(seconds, 1767225600)).toEqual({ at: '2026-01-01T00:00:00', since: '1767225600' })
    expect(parseCursor(seconds, '1767225600.25')?.at).toBe('2026-01-01T00:00:00.25')
    expect(parseCursor(millis, 1767225600123)?.at).toBe('2026-01-01T00:00:00.123')
    expect(parseCursor(millis, 1767225600100)?.at).toBe('2026-01-01T00:00:00.1')
    expect(parseCursor(millis, '9'.repeat(20))).toBeNull()
    expect(parseCursor(seconds, '2026-01-01')).toBeNull()
  })

  it('compares by time, whatever the notation and precision', () => {
    const ordered = [
      '2026-10-25T02:30:00+02:00',
      '2026-10-25T02:10:00+01:00',
      '2026-10-25T01:10:00.5Z',
      '2026-10-25T01:10:00.51Z',
      '2026-10-25T01:10:00.5101Z',
      '2026-10-25T01:10:01Z',
    ].map((value) => parseCursor(instant, value)?.at ?? '')
    for (const [index, at] of ordered.entries()) {
      const next = ordered[index + 1]
      if (next !== undefined) expect(compareCursors(instant, at, next)).toBeLessThan(0)
      expect(compareCursors(instant, at, at)).toBe(0)
    }
  })

  it('keeps its value in the conversion to milliseconds and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
        expect(instantOf(canonicalInstant(ms))).toBe(ms)
        expect(parseCursor(instant, new Date(ms).toISOString())?.at).toBe(canonicalInstant(ms))
      }),
    )
  })
})

describe('a number', () => {
  it.each([
    [7, '7'],
    ['007', '7'],
    ['1.50', '1.5'],
    ['-0.5', '-0.5'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('of %p has the canonical form %s', (value, at) => {
    expect(parseCursor(number, value)?.at).toBe(at)
  })

  it.each([2 ** 53, NaN, Infinity, '1e3', '0x10', '', 'seven', null, [1]])('of %p is unreadable', (value) => {
    expect(parseCursor(number, value)).toBeNull()
  })

  it('compares by value, not as text', () => {
    expect(compareCursors(number, '999', '1000')).toBeLessThan(0)
    const any = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [left, right] = [a, b].map((value) => parseCursor(number, value.toFixed(4))?.at ?? '')
        const expected = Math.sign(Number(a.toFixed(4)) - Number(b.toFixed(4)))
        expect(Math.sign(compareCursors(number, left ?? '', right ?? '')) === expected).toBe(true)
      }),
    )
  })
})

it('a text cursor is compared by code units and never empty', () => {
  expect(parseCursor(text, 'b')).toEqual({ at: 'b', since: 'b' })
  expect(parseCursor(text, '')).toBeNull()
  expect(parseCursor(text, 7)).toBeNull()
  expect(compareCursors(text, 'a', 'b')).toBeLessThan(0)
})

describe('the cursor before another', () => {
  const day = 24 * 3_600_000

  it.each([
    [instant, '2026-01-02T00:00:00.5Z', day, '2026-01-01T00:00:00.5', '2026-01-01T00:00:00.500Z'],
    [berlin, '2026-07-02', day, '2026-06-30T22:00:00', '2026-07-01'],
    [berlin, '2026-07-02 12:00:00', day, '2026-07-01T10:00:00', '2026-07-01 12:00:00'],
    [berlin, '2026/07/02 12:00', day, '2026-07-01T10:00:00', '2026/07/01 12:00'],
    [berlin, '2026-07-02T12:00:30.25', day, '2026-07-01T10:00:30.25', '2026-07-01T12:00:30'],
    [berlin, '2026-07-02T12:00:00Z', day, '2026-07-01T12:00:00', '2026-07-01T12:00:00.000Z'],
    [seconds, '1767312000', day, '2026-01-01T00:00:00', '1767225600'],
    [millis, '1767312000000', day, '2026-01-01T00:00:00', '1767225600000'],
    [number, '1000', 10, '990', '990'],
    [number, '5.5', 10, '-5.5', '-5.5'],
  ])('keeps the notation of the source (%#)', (field, value, distance, at, since) => {
    const cursor = parseCursor(field, value)
    expect(cursor && cursorBefore(field, cursor, distance)).toEqual({ at, since })
  })
})
