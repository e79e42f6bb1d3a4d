import fc from '../../fixtures/fast-check'
import { schedule } from './alphabet'
import { play } from './play'

describe('a job that deletes the keys of records that vanish', () => {
  it('ends with the keys and values of its source, and with no other key, through crashes, freezes and lost answers', async () => {
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect(await play(drawn)).toMatchObject({ finished: true, flaws: [] })
    })
    await fc.assert(property, { numRuns: 30 })
  })

  it('would bring deleted keys back, or delete keys that came back, without the barrier after a lost answer', async () => {
    const withoutBarrier = { visibleWithinMs: -60_000, settleMs: 15 * 60_000 }
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect((await play(drawn, withoutBarrier)).flaws).toEqual([])
    })
    const { failed } = await fc.check(property, { numRuns: 300, seed: 11, endOnFailure: true })
    expect(failed).toBe(true)
  })
})
