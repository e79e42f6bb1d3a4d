import fc from 'fast-check'
import { runJob } from '../../../src/pipeline/run-job'
import { caseWorld, cases, grow } from '../cases'
import { scripted } from '../choices'
import { createCoverage } from '../coverage'
import { tickUntilDone } from '../operator'
import { clean, verdict } from '../verdict'
import { pass } from '../world'
import type { World } from '../world'

/** Alarms that come early, late, twice or together, runs that crash or freeze, and a world that misbehaves. */
const schedule = fc.record({
  one: fc.constantFrom(...cases),
  activations: fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 50, 5_000, 91_000, 15 * 60_000, 40 * 60_000),
      activationMs: fc.constantFrom(30 * 60_000, 30 * 60_000, 3 * 60_000, 100_000),
      accident: fc.option(
        fc.record({
          gate: fc.integer({ min: 1, max: 120 }),
          freezeMs: fc.constantFrom(Infinity, 70_000, 200_000, 20 * 60_000),
        }),
      ),
    }),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  growsAfter: fc.nat(6),
  outboxLimit: fc.constantFrom(256, 256, 2),
  choices: fc.array(fc.nat(9_999), { maxLength: 150, size: 'max' }),
})
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

export async function playForTest(s: Schedule) { return play(s) }
async function play({ one, activations, growsAfter, outboxLimit, choices }: Schedule): Promise<{ world: World; finished: boolean }> {
  const world = caseWorld(one, 16, { choices: scripted(choices), runJob, settings: { outboxLimit } })
  const running: Promise<unknown>[] = []
  for (const [index, { waitMs, activationMs, accident }] of activations.entries()) {
    if (index === growsAfter) grow(world, 4)
    world.activationMs = activationMs
    const { process, done } = world.activate(accident)
    running.push(done)
    await pass(world, waitMs)
    if (process.fate !== 'running') world.seen.add(process.fate)
  }
  world.activationMs = 30 * 60_000
  await tickUntilDone(world)
  await pass(world, 2 * 60 * 60_000)
  const finished = await tickUntilDone(world)
  await pass(world, 60 * 60_000)
  return { world, finished }
}

/** The least share of the schedules in which each event must happen, so that the exploration keeps reaching it. */
const minima: Readonly<Record<string, number>> = {
  crashed: 0.2,
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
