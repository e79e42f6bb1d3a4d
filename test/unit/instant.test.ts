import { daysSinceEpoch, isTimeZone, parseInstant } from '../../src/instant'

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
