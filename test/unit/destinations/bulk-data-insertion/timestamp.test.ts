import fc from '../../../fixtures/fast-check'
import { toSeconds } from '../../../../src/destinations/bulk-data-insertion/timestamp'

it.each([
  [978_307_200, 978_307_200],
  [100_000_000, 100_000_000],
  ['978307200', 978_307_200],
  [new Date('2001-01-01T00:00:00.999Z'), 978_307_200],
  ['2001-01-01T00:00:00Z', 978_307_200],
  ['2001-01-01T00:00Z', 978_307_200],
  ['2001-01-01T02:30:00+02:30', 978_307_200],
  ['2000-12-31T19:00:00-0500', 978_307_200],
  ['2024-02-29T00:00:00Z', 1_709_164_800],
  ['2001-01-01T00:00:00.999Z', 978_307_200],
  ['2001-01-01T02:30:00.123456+02:30', 978_307_200],
])('takes %p', (value, seconds) => {
  expect(toSeconds(value)).toBe(seconds)
})

it.each([
  ['milliseconds', 978_307_200_000],
  ['milliseconds as text', '978307200000'],
  ['a fraction', 1.5],
  ['a point without a fraction', '2001-01-01T00:00:00.Z'],
  ['a fraction of a minute', '2001-01-01T00:00.5Z'],
  ['a fraction without a zone', '2001-01-01T00:00:00.000'],
  ['a time before the epoch', -1],
  ['an absent time as a date', new Date(0)],
  ['seconds that were taken for milliseconds', new Date(1_795_179_600)],
  ['digits of a date', '20261120'],
  ['a time before 1973', '1970-01-01T00:00:00Z'],
  ['a year before the epoch', '0099-01-01T00:00:00Z'],
  ['no number', NaN],
  ['no date', new Date('nonsense')],
  ['a time without a zone', '2001-01-01T00:00:00'],
  ['a date alone', '2001-01-01'],
  ['a month that is not', '2001-13-01T00:00:00Z'],
  ['a day that is not', '2001-02-30T00:00:00Z'],
  ['the 29th of February of a common year', '2100-02-29T00:00:00Z'],
  ['an hour that is not', '2001-01-01T24:00:00Z'],
  ['a minute that is not', '2001-01-01T00:60:00Z'],
  ['a second that is not', '2001-01-01T00:00:60Z'],
  ['a zone that is not', '2001-01-01T00:00:00+24:00'],
  ['half a zone', '2001-01-01T00:00:00+02'],
  ['something after the zone', '2001-01-01T00:00:00Z '],
  ['other punctuation', '2001-01/01T00:00:00Z'],
  ['words', 'yesterday'],
  ['nothing', undefined],
  ['an object', {}],
])('refuses %s', (_, value) => {
  expect(toSeconds(value)).toBeNull()
})

it('agrees with Date on every instant, with and without its fraction', () => {
  const instants = fc.integer({ min: 100_000_000_000, max: 9_999_999_999_999 })

  fc.assert(
    fc.property(instants, (ms) => {
      const iso = new Date(ms).toISOString()
      const seconds = Math.floor(ms / 1000)
      expect(toSeconds(iso)).toBe(seconds)
      expect(toSeconds(iso.replace(/\.\d+Z$/, 'Z'))).toBe(seconds)
    }),
  )
})
