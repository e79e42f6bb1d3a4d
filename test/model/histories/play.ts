import { runJob } from '../../../src/pipeline/run-job'
import { scripted } from '../choices'
import { recordsFor } from '../records'
import { createWorld } from '../world'
import { createExpectation } from './expectation'
import { act } from './deeds'
import { differences } from './differences'
import { settle } from './settle'
import type { World } from '../world'
import type { History } from './alphabet'
import type { Expectation } from './expectation'

export interface Played {
  readonly world: World
  readonly expectation: Expectation
}

/** What went wrong in a history: the step, and how the world differs from what was expected. */
export class Wrong extends Error {}

/** Plays a history; after each step everything must be as expected. @throws Wrong */
export async function play(
  { setting, steps, choices }: History,
  played: (world: World) => void,
): Promise<Played> {
  const world = createWorld({
    records: recordsFor(6, { spacing: setting.shape.mode === 'sliced' ? 20 : 1 }),
    choices: scripted(choices),
    runJob,
    shape: setting.shape,
    settings: { outboxLimit: setting.outboxLimit },
    feedShape: { overlaps: setting.overlaps, coarseness: setting.coarseness },
  })
  played(world)
  const expectation = createExpectation(world)
  await check(world, expectation, 'the first run', () => settle(world, expectation, []))
  for (const [index, { deed, mishaps }] of steps.entries()) {
    const where = `step ${index + 1} (${JSON.stringify(deed)})`
    await check(world, expectation, where, () => act(world, expectation, deed, mishaps))
  }
  await check(world, expectation, 'the end', () => act(world, expectation, { kind: 'wait' }, []))
  return { world, expectation }
}

async function check(
  world: World,
  expectation: Expectation,
  where: string,
  run: () => Promise<string | null>,
): Promise<void> {
  const stuck = await run()
  const found = [...(stuck === null ? [] : [stuck]), ...differences(world, expectation)]
  if (found.length > 0) throw new Wrong(`After ${where}:\n${found.join('\n')}`)
}
