import { runJob } from '../../src/pipeline/run-job'
import { benign } from './choices'
import { clean, createWorld, recordsFor, tickUntilDone, verdict } from './world'

const records = recordsFor(24)

describe('a job of several batches and two groups', () => {
  it('delivers every record once and in order when nothing goes wrong', async () => {
    const world = createWorld({ records, choices: benign, runJob })

    const done = await tickUntilDone(world)

    expect(done).toBe(true)
    expect(verdict(world)).toEqual(clean)
    expect(world.reports.at(0)).toMatchObject({ outcome: 'succeeded', records: 24, rows: 24, confirmed: 12 })
  })

  it('delivers every record once and in order after a crash at any await', async () => {
    const gates = await countGates()

    for (let gate = 1; gate <= gates; gate += 1) {
      const world = createWorld({ records, choices: benign, runJob })
      const { done } = world.activate({ gate, freezeMs: Infinity })
      await world.time.runUntil(done, 60_000)
      const finished = await tickUntilDone(world)
      expect({ gate, finished, ...verdict(world) }).toEqual({ gate, finished: true, ...clean })
    }
  })

  it.each([70_000, 10 * 60_000, 3 * 60 * 60_000])(
    'delivers every record once and in order when a run freezes at any await for %i ms and wakes up as a zombie',
    async (freezeMs) => {
      const gates = await countGates()

      for (let gate = 1; gate <= gates; gate += 1) {
        const world = createWorld({ records, choices: benign, runJob })
        const { done } = world.activate({ gate, freezeMs })
        await world.time.runUntil(done, 60_000)
        const finished = await tickUntilDone(world)
        await world.time.runUntil(world.time.sleep(freezeMs), freezeMs)
        expect({ gate, finished, ...verdict(world) }).toEqual({ gate, finished: true, ...clean })
      }
    },
  )
})

async function countGates(): Promise<number> {
  const world = createWorld({ records, choices: benign, runJob })
  const { process, done } = world.activate()
  await world.time.runUntil(done, 60 * 60_000)
  return process.gates
}
