import fc from '../../fixtures/fast-check'
import { createCoverage } from '../coverage'
import { clean, verdict } from '../verdict'
import { play, schedule } from './schedule'

/** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
const minima: Readonly<Record<string, number>> = {
  crashed: 0.05,
  frozen: 0.1,
  takeover: 0.15,
  'takeover with a request in flight': 0.01,
  'in-doubt': 0.2,
  'confirmed by lookup': 0.05,
  'doubt-cleared': 0.1,
  'confirmed by answer': 0.1,
  'confirmed by poll': 0.2,
  'retry-scheduled': 0.02,
  split: 0.05,
  held: 0.1,
  'held for rejected': 0.05,
  'held for too-old-to-ask': 0.01,
  'partial: deadline': 0.1,
  'partial: lease-lost': 0.05,
  'skipped: lease-held': 0.3,
  'store read failed': 0.1,
  'source read failed': 0.05,
}

/** One file a seed, so that they run side by side. */
export function exploreRandomSchedules({ seed, schedules }: { seed: number; schedules: number }): void {
  it(`${schedules} random schedules (seed ${seed}) lose, double and misorder nothing, and all of them finish`, async () => {
    const coverage = createCoverage()
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        const { world, finished } = await play(drawn)
        coverage.add(world.seen)
        expect({ finished, ...verdict(world) }).toEqual({ finished: true, ...clean })
      }),
      { numRuns: schedules, seed, verbose: fc.VerbosityLevel.Verbose },
    )
    console.info(`Share of ${schedules} schedules with each event:\n${coverage.table()}`)
    expect(coverage.below(minima)).toEqual([])
  }, 600_000)
}
