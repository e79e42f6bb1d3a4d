import fc from '../fixtures/fast-check'
import { overClassifications as open, writeClassificationFiles } from './classifications-subject'
import { intact, play, schedule, settings } from './delivery-schedules'
import { everyTick as idle } from './time'
import type { Tamper } from './delivery-schedules'

beforeAll(writeClassificationFiles)

const withoutBarrier: Tamper = (destination) => ({
  ...destination,
  delivery: { kind: 'upsert', settleMs: -settings.sendTimeoutMs },
})
const withoutPoll: Tamper = (destination) => ({
  ...destination,
  poll: () => Promise.resolve({ kind: 'done' as const }),
})

describe('Classifications', () => {
  it('end with the last value of every key, and without the deleted ones, without faults', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact, { idle })).toMatchObject({
      finished: true,
      flaws: [],
    })
  })

  it('end with the last value of every key, and without the deleted ones, through crashes, freezes and lost answers', async () => {
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect(await play(open, drawn, intact, { idle })).toMatchObject({ finished: true, flaws: [] })
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it.each([
    ['the barrier before newer values', withoutBarrier],
    ['the poll', withoutPoll],
  ])('would show an older value, or a deleted key, without %s', async (_what, tamper) => {
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect((await play(open, drawn, tamper, { idle })).flaws).toEqual([])
    })
    const { failed } = await fc.check(property, { numRuns: 200, seed: 11, endOnFailure: true })
    expect(failed).toBe(true)
  })
})
