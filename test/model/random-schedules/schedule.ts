import fc from '../../fixtures/fast-check'
import { runJob } from '../../../src/pipeline/run-job'
import { accidents } from '../accidents'
import { caseWorld, cases, grow } from '../cases'
import { scripted } from '../choices'
import { tickUntilDone } from '../operator'
import { pass } from '../world'
import type { World } from '../world'

/** Alarms that come early, late, twice or together, runs that crash or freeze, and services with faults. */
export const schedule = fc.record({
  one: fc.constantFrom(...cases),
  activations: fc.array(
    fc.record({
      waitMs: fc.constantFrom(
        0,
        50,
        5_000,
        120_000,
        4 * 60_000,
        6 * 60_000,
        15 * 60_000,
        40 * 60_000,
        26 * 3_600_000,
      ),
      activationMs: fc.constantFrom(30 * 60_000, 30 * 60_000, 3 * 60_000, 100_000),
      accident: fc.option(accidents(120, fc.constantFrom(Infinity, 70_000, 200_000, 20 * 60_000))),
    }),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  growsAfter: fc.nat(6),
  outboxLimit: fc.constantFrom(256, 256, 2),
  choices: fc.array(fc.nat(9_999), { maxLength: 150, size: 'max' }),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

export async function play({
  one,
  activations,
  growsAfter,
  outboxLimit,
  choices,
}: Schedule): Promise<{ world: World; finished: boolean }> {
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
