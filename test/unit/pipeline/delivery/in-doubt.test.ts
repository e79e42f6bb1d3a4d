import { deliveryWorld, staged } from '../../../fixtures/delivery-world'
import { answeringDestination, visibleWithinMs } from '../../../fixtures/answering-destination'
import type { Script } from '../../../fixtures/answering-destination'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'
import type { KeyLookupAnswer, VerifyAnswer } from '../../../../src/destinations/destination'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const now = Date.UTC(2026, 10, 21)
const sendTimeoutMs = 60 * second
const valid: VerifyAnswer = { kind: 'valid' }

/** In doubt for `forMs`, and sent for the first time as long ago. */
function inDoubt(id: string, forMs: number, change: Partial<OutboxEntry> = {}): OutboxEntry {
  const at = now - forMs
  return { ...staged(id), state: 'in-doubt', doubtFrom: at, firstSentAt: at, ...change } as OutboxEntry
}

describe('a keyed batch in doubt', () => {
  it('that the lookup finds with our rows, all valid, is confirmed without a second send', async () => {
    const { open, requests } = answeringDestination({
      lookUp: () => ({ kind: 'found', rows: 2 }),
      verify: () => valid,
    })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'verify'])
    expect(world.state.document.counters).toMatchObject({ confirmed: 1, confirmedByLookup: 1 })
  })

  it('that is found where nothing can be verified is confirmed by the lookup', async () => {
    const { open, requests } = answeringDestination({ lookUp: () => ({ kind: 'found', rows: 2 }) })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests).toHaveLength(1)
  })

  it.each<[string, KeyLookupAnswer, VerifyAnswer, string]>([
    ['other rows', { kind: 'found', rows: 3 }, valid, 'key-collision'],
    ['an invalid row', { kind: 'found', rows: 2 }, { kind: 'invalid', message: 'row 1' }, 'invalid-rows'],
  ])('that is found with %s is held, and never sent again', async (_what, found, verified, code) => {
    const { open, requests } = answeringDestination({ lookUp: () => found, verify: () => verified })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })

    await world.deliver()

    expect(world.events('held')).toMatchObject([{ hold: { code } }])
    expect(requests.map(({ kind }) => kind)).not.toContain('send')
  })

  it('is verified again after a verification that proves nothing', async () => {
    const { open } = answeringDestination({
      lookUp: () => ({ kind: 'found', rows: 2 }),
      verify: (_, n) => (n === 1 ? { kind: 'unknown', message: '500' } : valid),
    })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.events('confirmed')).toHaveLength(1)
  })

  it('is sent again with the same key once absence is a proof, and not earlier', async () => {
    const { open, requests } = answeringDestination()
    const settings = { patienceMs: hour }
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)], settings })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    const lookUps = requests.filter(({ kind }) => kind === 'look-up')
    const provesFrom = sendTimeoutMs + visibleWithinMs
    expect(lookUps.at(-1)?.at).toBeGreaterThanOrEqual(provesFrom)
    expect(lookUps.at(-2)?.at).toBeLessThan(provesFrom)
    expect(requests.at(-1)).toMatchObject({ kind: 'send', id: 'b1' })
    expect(requests.filter(({ kind }) => kind === 'send')).toHaveLength(1)
  })

  it('is looked up at once and then with backoff, until the run ends as waiting', async () => {
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })

    expect(await world.deliver()).toEqual({ kind: 'waiting', waitMs: 80 * second })
    expect(requests.map(({ at }) => Math.round(at / second))).toEqual([0, 20, 60])
  })

  it('is absent as of the moment before the lookup, on the clock of the store', async () => {
    const provesIn = 50
    const age = sendTimeoutMs + visibleWithinMs - provesIn
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', age)] })

    await world.deliver()

    // The first answer comes 100 ms later, when absence would count.
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'look-up', 'send'])
  })

  it('whose key may be forgotten is held instead of sent again', async () => {
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 25 * hour)] })

    await world.deliver()

    expect(world.events('held')).toMatchObject([{ hold: { code: 'too-old-to-ask' } }])
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up'])
  })

  it('is found at any age', async () => {
    const { open } = answeringDestination({ lookUp: () => ({ kind: 'found', rows: 2 }) })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 25 * hour)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.events('confirmed')).toHaveLength(1)
  })

  it.each(['unknown', 'not-sent', 'unauthorized'] as const)(
    'stays in doubt where the lookup answers `%s`, however old it is',
    async (kind) => {
      const { open, requests } = answeringDestination({ lookUp: () => ({ kind, message: 'no' }) })
      const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', hour)] })

      await world.deliver()

      expect(world.state.document.outbox).toMatchObject([{ state: 'in-doubt' }])
      expect(requests.map((request) => request.kind)).not.toContain('send')
    },
  )

  it('blocks its partition, and no other', async () => {
    const { open, requests } = answeringDestination({ lookUp: () => ({ kind: 'unknown', message: '500' }) })
    const entries = [inDoubt('b1', 0), staged('b2'), staged('c1', { partition: 'p2' })]
    const world = deliveryWorld({ destination: open, entries })

    await world.deliver()

    expect(requests.filter(({ kind }) => kind === 'send').map(({ id }) => id)).toEqual(['c1'])
  })

  it('is looked up although its staged file is gone', async () => {
    const { open } = answeringDestination({ lookUp: () => ({ kind: 'found', rows: 2 }) })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', 0)] })
    world.files.clear()

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.events('held')).toEqual([])
  })
})

describe('a first send while the state before may have been lost', () => {
  const lost = { reconciled: false }

  it('follows a lookup that finds nothing', async () => {
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], document: lost })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'send'])
  })

  it('is left out where the lookup finds the batch by its key', async () => {
    const { open, requests } = answeringDestination({
      lookUp: () => ({ kind: 'found', rows: 2 }),
      verify: () => valid,
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], document: lost })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'verify'])
    expect(world.events('confirmed')).toMatchObject([{ by: 'lookup' }])
  })

  it('is left out where the lookup finds the batch by its name, with the epoch as the start date', async () => {
    const { open, requests, sinces } = answeringDestination({
      kind: 'named',
      lookUp: () => ({ kind: 'found', receipts: ['r1'] }),
      poll: () => ({ kind: 'done', rows: 2 }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], document: lost })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'poll'])
    expect(sinces).toEqual([0])
  })

  it('is harmless for upserts, which are sent at once', async () => {
    const { open, requests } = answeringDestination({ kind: 'upsert' })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], document: lost })

    await world.deliver()

    expect(requests.map(({ kind }) => kind)).toEqual(['send'])
  })
})

describe('a named batch in doubt', () => {
  it('that is found once is accepted with that receipt, looked up since its first send, and polled', async () => {
    const { open, requests, sinces } = answeringDestination({
      kind: 'named',
      lookUp: () => ({ kind: 'found', receipts: ['r7'] }),
      poll: () => ({ kind: 'done', rows: 2 }),
    })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', hour)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'poll'])
    expect(world.events('accepted')).toMatchObject([{ receipt: 'r7' }])
    expect(sinces).toEqual([now - hour])
  })

  it('that is found twice is held with both receipts, and neither polled nor sent', async () => {
    const { open, requests } = answeringDestination({
      kind: 'named',
      lookUp: () => ({ kind: 'found', receipts: ['r7', 'r8'] }),
      poll: () => ({ kind: 'done', rows: 2 }),
    })
    const world = deliveryWorld({ destination: open, entries: [inDoubt('b1', hour)] })

    await world.deliver()

    expect(world.events('held')).toMatchObject([
      { hold: { code: 'found-twice', message: expect.stringContaining('r7, r8') as string } },
    ])
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up'])
  })

  it('that is absent is sent again only once absence is a proof, and at any age', async () => {
    const script: Script = { kind: 'named', poll: () => ({ kind: 'done', rows: 2 }) }
    const [early, late] = [answeringDestination(script), answeringDestination(script)]
    const young = deliveryWorld({ destination: early.open, entries: [inDoubt('b1', 15 * minute)] })
    const old = deliveryWorld({ destination: late.open, entries: [inDoubt('b1', 1_000 * hour)] })

    await young.deliver(30 * second).catch(() => undefined)
    await old.deliver()

    expect(early.requests.map(({ kind }) => kind)).not.toContain('send')
    expect(late.requests.map(({ kind }) => kind)).toEqual(['look-up', 'send', 'poll'])
  })
})

describe('an upsert in doubt', () => {
  const settlesMs = sendTimeoutMs + visibleWithinMs
  const once: Script = { kind: 'upsert', poll: () => ({ kind: 'done', rows: 2 }) }

  it('is sent again without a lookup, after a pause', async () => {
    const { open, requests } = answeringDestination({
      ...once,
      send: (_, n) => (n === 1 ? { kind: 'unknown', message: 'cut' } : { kind: 'accepted', receipt: 'r' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['send', 'send', 'poll'])
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(20 * second)
  })

  it('holds every later commit back until its lost request cannot take effect any more', async () => {
    const { open, requests } = answeringDestination({
      ...once,
      send: ({ id }, n) =>
        id === 'b1' && n === 1 ? { kind: 'unknown', message: 'cut' } : { kind: 'accepted', receipt: 'r' },
    })
    const entries = [staged('b1'), staged('b2', { commit: 2 })]
    const world = deliveryWorld({ destination: open, entries, settings: { patienceMs: hour } })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    const [doubt] = world.events('in-doubt')
    const confirmed = world.events('confirmed').find(({ id }) => id === 'b1')
    const later = requests.find(({ id }) => id === 'b2')
    expect((confirmed?.at ?? 0) - now).toBeLessThan(2 * minute)
    expect(later?.at).toBeGreaterThanOrEqual((doubt?.at ?? 0) + settlesMs - now)
  })

  it('holds no batch of its own commit back', async () => {
    const { open, requests } = answeringDestination({
      ...once,
      send: ({ id }, n) =>
        id === 'b1' && n === 1 ? { kind: 'unknown', message: 'cut' } : { kind: 'accepted', receipt: 'r' },
      limits: { underWay: 1, partitionIntervalMs: () => 0 },
    })
    const entries = [staged('b1'), staged('b2'), staged('b3')]
    const world = deliveryWorld({ destination: open, entries, settings: { patienceMs: 2 * minute } })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.at(-1)?.at).toBeLessThan(settlesMs)
  })

  it('backs off while every send stays unknown, and leaves it to a later run', async () => {
    const { open, requests } = answeringDestination({
      ...once,
      send: () => ({ kind: 'unknown', message: '500' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'waiting' })
    expect(requests).toHaveLength(3)
  })
})
