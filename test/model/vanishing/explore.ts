import fc from '../../fixtures/fast-check'
import { createCoverage } from '../coverage'
import { schedule } from './alphabet'
import { play } from './play'

/** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
const minima: Readonly<Record<string, number>> = {
  crashed: 0.2,
  frozen: 0.25,
  takeover: 0.3,
  'takeover with a request in flight': 0.01,
  'in-doubt': 0.3,
  'partial: too-many-deletions': 0.1,
  'plan approved': 0.1,
  'deletions alone': 0.5,
  'deletion beside a value': 0.25,
  'deletion in doubt': 0.08,
  'deletion in doubt beside another batch': 0.05,
  'late deletion': 0.06,
  'lost answer to a deletion': 0.08,
  'record came back as it was': 0.4,
  rejects: 0.15,
  'retry-scheduled': 0.08,
  'held for rejected': 0.05,
  'source read failed': 0.02,
}

export function exploreVanishing({ seed, schedules }: { seed: number; schedules: number }): void {
  it(`${schedules} random schedules (seed ${seed}) end with the keys and values of the source, and with no other key`, async () => {
    const coverage = createCoverage()
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        const { seen, ...end } = await play(drawn)
        coverage.add(seen)
        expect(end).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns: schedules, seed },
    )
    console.info(`Share of ${schedules} schedules with each event:\n${coverage.table()}`)
    expect(coverage.below(minima)).toEqual([])
  }, 1_800_000)
}
