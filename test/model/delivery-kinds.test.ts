import fc from '../fixtures/fast-check'
import { intact, play, schedule, settings } from './delivery-schedules'
import { keyed, named, upsert, upsertInOneCommit } from './delivery-subjects'
import type { Delivery, SendWindow } from '../../src/destinations/destination'
import type { OpenSubject, Tamper } from './delivery-schedules'

const numRuns = 120

async function isSafe(open: OpenSubject, tamper: Tamper): Promise<boolean> {
  const property = fc.asyncProperty(schedule, async (drawn) => {
    expect((await play(open, drawn, tamper)).flaws).toEqual([])
  })
  return !(await fc.check(property, { numRuns: 200, seed: 11, endOnFailure: true })).failed
}

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery', (_kind, open) => {
  it('stores every row once, in order, without faults', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact)).toMatchObject({
      finished: true,
      flaws: [],
    })
  })

  it('stores every row once, in order, through crashes, freezes and lost answers, and always finishes', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        expect(await play(open, drawn, intact)).toMatchObject({ finished: true, flaws: [] })
      }),
      { numRuns, seed: 3 },
    )
  }, 300_000)
})

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery with a plan', (_kind, open) => {
  it('sends no row of it before the approval and each row once, through the same faults', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, fc.nat(4), async (drawn, approvedBy) => {
        expect(await play(open, drawn, intact, { approvedBy })).toMatchObject({ finished: true, flaws: [] })
      }),
      { numRuns: 60, seed: 5 },
    )
  }, 300_000)
})

describe('a version without one safeguard is caught as unsafe:', () => {
  const deliveryWith = (change: (delivery: Delivery) => Delivery): Tamper => {
    return (destination) => ({ ...destination, delivery: change(destination.delivery) })
  }
  const withoutLookup = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? delivery
      : { ...delivery, lookup: () => Promise.resolve({ kind: 'absent' as const }) },
  )
  const withoutWait = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? { ...delivery, settleMs: -settings.sendTimeoutMs }
      : { ...delivery, visibleWithinMs: 0 },
  )
  const withoutPoll: Tamper = (destination) => ({
    ...destination,
    poll: () => Promise.resolve({ kind: 'done' as const }),
  })
  const forever: SendWindow = { signal: new AbortController().signal, isOpen: () => true }
  const withoutWindow: Tamper = (destination) => ({
    ...destination,
    send: (batch, _window, handle) => destination.send(batch, forever, handle),
  })

  it.each<[string, OpenSubject, Tamper]>([
    ['the lookup by key', keyed, withoutLookup],
    ['the wait before an absence by key counts', keyed, withoutWait],
    ['the lookup by name', named, withoutLookup],
    ['the wait before an absence by name counts', named, withoutWait],
    ['the barrier before newer values', upsert, withoutWait],
    ['the poll', upsert, withoutPoll],
    ['the order of commits', upsertInOneCommit, intact],
    ['the send window right before a request leaves', keyed, withoutWindow],
  ])(
    'without %s',
    async (_what, open, tamper) => {
      expect(await isSafe(open, tamper)).toBe(false)
    },
    300_000,
  )
})
