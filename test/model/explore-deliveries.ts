import fc from '../fixtures/fast-check'
import { createCoverage } from './coverage'
import { intact, play, schedule } from './delivery-schedules'
import type { OpenSubject } from './delivery-schedules'

export interface DeliveryExploration {
  readonly what: string
  readonly open: OpenSubject
  readonly seed: number
  readonly schedules: number
  /** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
  readonly minima: Readonly<Record<string, number>>
}

export function exploreDeliveries({ what, open, seed, schedules, minima }: DeliveryExploration): void {
  it(`${schedules} random schedules (seed ${seed}) of ${what} lose, double and misorder nothing, and all of them finish`, async () => {
    const coverage = createCoverage()
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        const { seen, ...end } = await play(open, drawn, intact)
        coverage.add(seen)
        expect(end).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns: schedules, seed },
    )
    console.info(`Share of ${schedules} schedules of ${what} with each event:\n${coverage.table()}`)
    expect(coverage.below(minima)).toEqual([])
  }, 600_000)
}
