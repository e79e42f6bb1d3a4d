import fc from '../fixtures/fast-check'
import { createCoverage } from './coverage'
import { intact, play, schedule } from './delivery-schedules'
import type { OpenSubject } from './delivery-schedules'

export interface DeliveryExploration {
  readonly what: string
  readonly open: OpenSubject
  readonly seed: number
  readonly schedules: number
  /** As `createTime` takes it. */
  readonly idle?: () => Promise<void>
  /** As {@link accidents}, for the ways in which this kind of delivery confirms its batches. */
  readonly minima: Readonly<Record<string, number>>
}

/** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
const accidents = {
  takeover: 0.2,
  'takeover with a request in flight': 0.08,
  'lease-lost': 0.1,
  'lease-held': 0.3,
  'in-doubt': 0.4,
  'returned-to-staged': 0.3,
}

export function exploreDeliveries(exploration: DeliveryExploration): void {
  const { what, open, seed, schedules, minima, ...how } = exploration
  it(`${schedules} random schedules (seed ${seed}) of ${what} lose, double and misorder nothing, and all of them finish`, async () => {
    const coverage = createCoverage()
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        const { seen, ...end } = await play(open, drawn, intact, how)
        coverage.add(seen)
        expect(end).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns: schedules, seed },
    )
    console.info(`Share of ${schedules} schedules of ${what} with each event:\n${coverage.table()}`)
    expect(coverage.below({ ...accidents, ...minima })).toEqual([])
  }, 1_800_000)
}
