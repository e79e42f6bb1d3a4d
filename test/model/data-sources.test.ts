import fc from '../fixtures/fast-check'
import { overDataSources as open, writeDataSourceFiles } from './data-sources-subject'
import { intact, play, schedule } from './delivery-schedules'
import type { Destination } from '../../src/destinations/destination'
import type { Tamper } from './delivery-schedules'

const numRuns = 60

beforeAll(writeDataSourceFiles)

/** Changes how a lost answer is settled. */
function settledBy(change: Partial<Extract<Destination['delivery'], { kind: 'named' }>>): Tamper {
  return (destination) => ({ ...destination, delivery: { ...destination.delivery, ...change } as never })
}

describe('Data Sources', () => {
  it('store every row once, in order, without faults', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact)).toMatchObject({
      finished: true,
      flaws: [],
    })
  })

  it('store every row once, in order, through crashes, freezes and lost answers, and always finish', async () => {
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect(await play(open, drawn, intact)).toMatchObject({ finished: true, flaws: [] })
    })
    await fc.assert(property, { numRuns, seed: 7 })
  }, 300_000)

  it.each([
    ['its lookup', settledBy({ lookup: () => Promise.resolve({ kind: 'absent' as const }) })],
    ['the wait before an absence counts', settledBy({ visibleWithinMs: 0 })],
  ])(
    'would double rows without %s',
    async (_what, tamper) => {
      const property = fc.asyncProperty(schedule, async (drawn) => {
        expect((await play(open, drawn, tamper)).flaws).toEqual([])
      })
      const { failed } = await fc.check(property, { numRuns, seed: 11, endOnFailure: true })
      expect(failed).toBe(true)
    },
    300_000,
  )
})
