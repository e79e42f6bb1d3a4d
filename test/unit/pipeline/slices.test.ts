import { isDue, scheduleStart, sliceFrom, sliceName } from '../../../src/pipeline/slices'
import type { Schedule } from '../../../src/jobs/schedule'

const hourMs = 3_600_000
const daily = (timeZone: string): Schedule => ({ period: 'day', timeZone, start: '2026-01-01' })

function hoursOf(schedule: Schedule, count: number): Map<string, number> {
  const hours = new Map<string, number>()
  let from = scheduleStart(schedule)
  for (let index = 0; index < count; index += 1) {
    const slice = sliceFrom(from, schedule)
    hours.set(new Date(slice.from).toISOString(), (slice.to - slice.from) / hourMs)
    from = slice.to
  }
  return hours
}

it.each([
  ['Europe/Berlin', ['2026-03-28T23:00:00.000Z', 23], ['2026-10-24T22:00:00.000Z', 25]],
  ['America/New_York', ['2026-03-08T05:00:00.000Z', 23], ['2026-11-01T04:00:00.000Z', 25]],
  ['Australia/Lord_Howe', ['2026-04-04T13:00:00.000Z', 24.5], ['2026-10-03T13:30:00.000Z', 23.5]],
] as const)('a year of days in %s has exactly one short and one long one', (timeZone, one, other) => {
  const odd = [...hoursOf(daily(timeZone), 365)].filter(([, hours]) => hours !== 24)

  expect(odd).toEqual([one, other])
})

it('hours are hours, also where the clocks go back', () => {
  const hours = hoursOf({ period: 'hour', timeZone: 'Europe/Berlin', start: '2026-10-24' }, 72)

  expect(new Set(hours.values())).toEqual(new Set([1]))
})

it('months are cut at midnight of the zone', () => {
  const slice = sliceFrom(
    scheduleStart({ period: 'month', timeZone: 'Europe/Berlin', start: '2026-03-01' }),
    {
      period: 'month',
      timeZone: 'Europe/Berlin',
      start: '2026-03-01',
    },
  )

  expect([slice.from, slice.to].map((ms) => new Date(ms).toISOString())).toEqual([
    '2026-02-28T23:00:00.000Z',
    '2026-03-31T22:00:00.000Z',
  ])
})

it('a slice is due once it has ended and settled', () => {
  const schedule = { ...daily('UTC'), settlingMs: hourMs }
  const slice = sliceFrom(scheduleStart(schedule), schedule)

  expect(isDue(slice, schedule, slice.to + hourMs - 1)).toBe(false)
  expect(isDue(slice, schedule, slice.to + hourMs)).toBe(true)
})

it('a slice has a name fit for files', () => {
  expect(sliceName(sliceFrom(scheduleStart(daily('UTC')), daily('UTC')))).toBe('slice-20260101T000000Z')
})
