import { runJob } from '../../src/pipeline/run-job'
import { caseWorld } from './cases'
import { benign } from './choices'
import { tickUntilDone } from './operator'
import { clean, verdict } from './verdict'
import { pass } from './world'
import type { Case } from './cases'

interface CrashOptions {
  readonly records: number
  readonly freezeMs: number
  /** Every how manieth await. */
  readonly step: number
}

/**
 * Crashes or freezes a run at each of its awaits in turn, and asserts the final state that every history must reach.
 */
export async function exploreCrashes(one: Case, { records, freezeMs, step }: CrashOptions): Promise<void> {
  const gates = await countGates(one, records)
  for (let gate = 1; gate <= gates; gate += step) {
    const world = caseWorld(one, records, { choices: benign, runJob })
    const { done } = world.activate({ gate, freezeMs })
    await world.time.runUntil(done, 60_000)
    const finished = await tickUntilDone(world)
    if (freezeMs < Infinity) await pass(world, freezeMs)
    expect({ gate, finished, ...verdict(world) }).toEqual({ gate, finished: true, ...clean })
  }
}

async function countGates(one: Case, records: number): Promise<number> {
  const world = caseWorld(one, records, { choices: benign, runJob })
  const { process, done } = world.activate()
  await world.time.runUntil(done, 60 * 60_000)
  expect(process.gates).toBeGreaterThan(30)
  return process.gates
}
