import { isDue, scheduleStart, sliceFrom, sliceName } from '../../../src/pipeline/slices'
import type { Sliced } from '../../../src/definition/sync'

type Grid = Pick<Sliced, 'every' | 'timeZone' | 'start'>

const hourMs = 3_600_000
const daily = (timeZone: string, start = '2026-01-01'): Grid => ({ every: 'day', timeZone, start })

function slicesOf(grid: Grid, count: number, from = scheduleStart(grid)): { from: string; hours: number }[] {
  const slices = []
  for (let index = 0; index < count; index += 1) {
    const slice = sliceFrom(from, grid)
    slices.push({ from: new Date(slice.from).toISOString(), hours: (slice.to - slice.from) / hourMs })
    from = slice.to
  }
  return slices
}

const beginnings = (grid: Grid, count: number, from?: number) =>
  slicesOf(grid, count, from).map((slice) => slice.from)

describe('the slices of a job', () => {
  it.each([
    ['Europe/Berlin', ['2026-03-28T23:00:00.000Z', 23], ['2026-10-24T22:00:00.000Z', 25]],
    ['America/New_York', ['2026-03-08T05:00:00.000Z', 23], ['2026-11-01T04:00:00.000Z', 25]],
    ['Australia/Lord_Howe', ['2026-04-04T13:00:00.000Z', 24.5], ['2026-10-03T13:30:00.000Z', 23.5]],
  ] as const)('have one short and one long day in a year in %s', (timeZone, one, other) => {
    const odd = slicesOf(daily(timeZone), 365).filter(({ hours }) => hours !== 24)

    expect(odd.map(({ from, hours }) => [from, hours])).toEqual([one, other])
  })

  it('begin at midnight again after a day whose midnight does not exist', () => {
    // In 2018, Brazil's clocks went from 0:00 to 1:00 on 4 November.
    expect(slicesOf(daily('America/Sao_Paulo', '2018-11-03'), 3)).toEqual([
      { from: '2018-11-03T03:00:00.000Z', hours: 24 },
      { from: '2018-11-04T03:00:00.000Z', hours: 23 },
      { from: '2018-11-05T02:00:00.000Z', hours: 24 },
    ])
  })

  it('begin at midnight again after a day that begins twice', () => {
    // In 2018, Brazil's clocks went from 0:00 on 18 February back to 23:00.
    expect(slicesOf(daily('America/Sao_Paulo', '2018-02-16'), 3)).toEqual([
      { from: '2018-02-16T02:00:00.000Z', hours: 24 },
      { from: '2018-02-17T02:00:00.000Z', hours: 25 },
      { from: '2018-02-18T03:00:00.000Z', hours: 24 },
    ])
  })

  it('are hours of one hour where the clocks go back', () => {
    const slices = slicesOf({ every: 'hour', timeZone: 'Europe/Berlin', start: '2026-10-24' }, 72)

    expect(new Set(slices.map(({ hours }) => hours))).toEqual(new Set([1]))
  })

  it('are weeks of seven days of the zone, from the weekday of the start', () => {
    expect(slicesOf({ every: 'week', timeZone: 'Europe/Berlin', start: '2026-03-23' }, 2)).toEqual([
      { from: '2026-03-22T23:00:00.000Z', hours: 7 * 24 - 1 },
      { from: '2026-03-29T22:00:00.000Z', hours: 7 * 24 },
    ])
  })

  it('are months cut at midnight of the zone', () => {
    expect(beginnings({ every: 'month', timeZone: 'Europe/Berlin', start: '2026-03-01' }, 2)).toEqual([
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ])
  })

  it('are months cut on the last day of months without a 31st, and on the 31st again after those', () => {
    expect(beginnings({ every: 'month', timeZone: 'UTC', start: '2028-01-31' }, 5)).toEqual([
      '2028-01-31T00:00:00.000Z',
      '2028-02-29T00:00:00.000Z',
      '2028-03-31T00:00:00.000Z',
      '2028-04-30T00:00:00.000Z',
      '2028-05-31T00:00:00.000Z',
    ])
  })

  it('are cut at the time of day of a start that is an instant', () => {
    expect(beginnings(daily('Europe/Berlin', '2026-03-28T05:00:00Z'), 3)).toEqual([
      '2026-03-28T05:00:00.000Z',
      '2026-03-29T04:00:00.000Z',
      '2026-03-30T04:00:00.000Z',
    ])
  })

  it.each(['hour', 'day', 'week', 'month'] as const)(
    'are back at the cuts of every %s after one shorter slice',
    (every) => {
      const grid: Grid = { every, timeZone: 'Europe/Berlin', start: '2026-01-01' }
      const between = Date.parse('2026-03-05T17:45:00Z')
      const [first, second] = slicesOf(grid, 2, between)

      const cuts = beginnings(grid, 3_000)
      expect(first?.from).toBe('2026-03-05T17:45:00.000Z')
      expect(cuts).toContain(second?.from)
      expect(cuts.find((cut) => cut > '2026-03-05T17:45')).toBe(second?.from)
    },
  )

  it('reach back before the start, for backfills', () => {
    expect(beginnings(daily('UTC'), 2, Date.parse('2025-12-30T12:00:00Z'))).toEqual([
      '2025-12-30T12:00:00.000Z',
      '2025-12-31T00:00:00.000Z',
    ])
  })
})

describe('a schedule', () => {
  it('starts at midnight of its zone where the start is a date', () => {
    expect(new Date(scheduleStart(daily('Asia/Tokyo'))).toISOString()).toBe('2025-12-31T15:00:00.000Z')
  })

  it('is refused where the start is neither a date nor an instant', () => {
    expect(() => scheduleStart(daily('UTC', '2026-02-30'))).toThrow(
      expect.objectContaining({ code: 'job-invalid' }) as Error,
    )
  })
})

describe('a slice', () => {
  const slice = sliceFrom(scheduleStart(daily('UTC')), daily('UTC'))

  it('is due once it has ended and its lag is over', () => {
    expect(isDue(slice, { lagMs: hourMs }, slice.to + hourMs - 1)).toBe(false)
    expect(isDue(slice, { lagMs: hourMs }, slice.to + hourMs)).toBe(true)
  })

  it('has a name that is valid in file names', () => {
    expect(sliceName(slice)).toBe('slice-20260101T000000Z')
  })
})
