import fc from 'fast-check'
import { createCoverage } from '../coverage'
import { clean, verdict } from '../verdict'
import { play, schedule } from './schedule'

/** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
const minima: Readonly<Record<string, number>> = {
  crashed: 0.05,
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
