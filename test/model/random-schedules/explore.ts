import fc from 'fast-check'
import { runJob } from '../../../src/pipeline/run-job'
import { scripted } from '../choices'
import { clean, createWorld, recordsFor, tickUntilDone, verdict } from '../world'
import type { RunJob } from '../world'

/** Alarms that come early, late, twice or together, runs that crash or freeze, and a world that misbehaves. */
const schedule = fc.record({
  activations: fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 50, 5_000, 91_000, 15 * 60_000, 40 * 60_000),
      accident: fc.option(
        fc.record({
          gate: fc.integer({ min: 1, max: 120 }),
          freezeMs: fc.constantFrom(Infinity, 70_000, 200_000, 20 * 60_000),
        }),
      ),
    }),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  choices: fc.array(fc.nat(11), { maxLength: 150, size: 'max' }),
})
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

async function play({ activations, choices }: Schedule, run: RunJob) {
  const world = createWorld({ records: recordsFor(16), choices: scripted(choices), runJob: run })
  const running: Promise<unknown>[] = []
  for (const { waitMs, accident } of activations) {
    running.push(world.activate(accident).done)
    await world.time.runUntil(world.time.sleep(waitMs), waitMs)
  }
  const finished = await tickUntilDone(world)
  await world.time.runUntil(world.time.sleep(60 * 60_000), 60 * 60_000)
  return { finished, ...verdict(world) }
}

/** One file a seed, so that they run side by side. */
export function exploreRandomSchedules({ seed, schedules }: { seed: number; schedules: number }): void {
  it(`${schedules} random schedules (seed ${seed}) lose, double and misorder nothing, and all of them finish`, async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        expect(await play(drawn, runJob)).toEqual({ finished: true, ...clean })
      }),
      { numRuns: schedules, seed, verbose: fc.VerbosityLevel.Verbose },
    )
  }, 600_000)
}
