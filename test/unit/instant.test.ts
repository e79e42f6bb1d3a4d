import { daysSinceEpoch, isTimeZone, parseInstant, parseWallTime } from '../../src/instant'
import fc from '../fixtures/fast-check'

const iso = (text: string, timeZone = 'Europe/Berlin') => {
  const ms = parseInstant(text, timeZone)
  return ms === null ? null : new Date(ms).toISOString()
}

describe('parseInstant', () => {
  it.each([
    ['2026-01-31', '2026-01-30T23:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2028-02-29', '2028-02-28T23:00:00.000Z'],
  ])('reads the date %s as midnight in the zone', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  it('reads a date whose midnight does not exist in the zone as the instant of the clock change', () => {
    expect(iso('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
  })

  it.each([
    ['2026-01-31T06:00:00Z', '2026-01-31T06:00:00.000Z'],
    ['2026-01-31T06:00Z', '2026-01-31T06:00:00.000Z'],
    ['2026-01-31T06:00:00.25+05:30', '2026-01-31T00:30:00.250Z'],
    ['2026-01-31T06:00:00-03:00', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31 06:00:00Z', '2026-01-31T06:00:00.000Z'],
    ['2026/01/31 06:00+0100', '2026-01-31T05:00:00.000Z'],
  ])('reads the instant %s whatever the zone', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '2026',
    '2026-1-1',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T06:00:00',
    '2026/01-31',
    '2026-01-31T24:00:00Z',
    '2026-01-31T06:60:00Z',
    '2026-01-31T06:00:00+25:00',
    '1767225600000',
    ' 2026-01-31',
    '2026-01-31Z',
  ])('returns null for "%s" instead of a guess', (text) => {
    expect(parseInstant(text, 'UTC')).toBeNull()
  })

  it('returns null for a date in a zone that does not exist', () => {
    expect(parseInstant('2026-01-31', 'Europe/Berln')).toBeNull()
  })
})

describe('parseWallTime', () => {
  const notation =
    /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/

  /** The same by a pattern and `Date.UTC`; null where the date or the time does not exist. */
  function reference(text: string): unknown {
    const match = notation.exec(text)
    if (!match) return null
    const [, year, , month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = match
    const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
    const ms = Date.UTC(
      ...([year, Number(month) - 1, day, hour, minute, second].map(Number) as [number, number]),
    )
    if (Number(year) < 1000 || new Date(ms).toISOString() !== written) return null
    const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone ?? '') ?? []
    if (Number(hours) > 23 || Number(minutes) > 59) return null
    const offset = sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0
    return {
      ms,
      fraction: fraction.replace(/0+$/, ''),
      offsetMs: zone === undefined ? null : offset + 0,
      isDate: match[5] === undefined,
    }
  }

  const two = (most: number) =>
    fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'))
  const separator = fc.constantFrom('-', '/')
  const date = fc
    .tuple(
      fc.constantFrom('0999', '1000', '1969', '2024', '2026', '9999'),
      separator,
      two(13),
      separator,
      two(32),
    )
    .map((parts) => parts.join(''))
  const second = fc
    .tuple(two(60), fc.constantFrom('', '', '.', ',', '.000', ',5', '.120', '.0000000001', '.12345678901'))
    .map(([digits, fraction]) => `:${digits}${fraction}`)
  const zone = fc.constantFrom('', 'Z', 'z', '+02:00', '-0530', '-00:00', '+24:00', '-00:60', '+1', 'Z ')
  const time = fc
    .tuple(fc.constantFrom('T', 't', ' ', 'x'), two(24), two(60), fc.option(second, { nil: '' }), zone)
    .map(([letter, hour, minute, rest, end]) => `${letter}${hour}:${minute}${rest}${end}`)
  const text = fc.tuple(date, fc.option(time, { nil: '' })).map((parts) => parts.join(''))
  const broken = fc
    .tuple(text, fc.nat(30), fc.constantFrom('', '0', ':', '-', 'é', '.'), fc.nat(1))
    .map(([whole, at, piece, left]) => whole.slice(0, at) + piece + whole.slice(at + left))

  it('reads what a pattern of its notations and the calendar accept, and nothing else', () => {
    const check = (candidate: string) => expect(parseWallTime(candidate)).toEqual(reference(candidate))
    fc.assert(fc.property(fc.oneof(text, broken), check), { numRuns: 3_000 })
  })
})

describe('isTimeZone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('knows %s', (name) => {
    expect(isTimeZone(name)).toBe(true)
  })

  it.each(['Europe/Berln', '', '+01:00', '-0100', 'Berlin'])('does not know "%s"', (name) => {
    expect(isTimeZone(name)).toBe(false)
  })
})

describe('daysSinceEpoch', () => {
  it('agrees with Date.UTC for every date of a thousand years', () => {
    const wrong: string[] = []
    for (let ms = Date.UTC(1600, 0, 1); ms < Date.UTC(2600, 0, 1); ms += 86_400_000) {
      const date = new Date(ms)
      const days = daysSinceEpoch(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
      if (days !== ms / 86_400_000) wrong.push(date.toISOString())
    }
    expect(wrong).toEqual([])
  })

  it.each([
    [2026, 2, 29],
    [2100, 2, 29],
    [2000, 2, 30],
    [2026, 4, 31],
    [2026, 13, 1],
    [2026, 0, 1],
    [2026, 1, 0],
    [2026, 1, NaN],
    [NaN, 2, 29],
  ])('has no day for %d-%d-%d', (year, month, day) => {
    expect(daysSinceEpoch(year, month, day)).toBeNull()
  })
})
