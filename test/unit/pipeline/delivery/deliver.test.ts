import { JobError } from '../../../../src/errors'
import { committed, deliveryWorld, identity, staged } from '../../../fixtures/delivery-world'
import { answeringDestination } from '../../../fixtures/answering-destination'
import type { Clock } from '../../../../src/clock'
import type { ExtractionStatus } from '../../../../src/pipeline/extraction-status'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'

const second = 1_000
const minute = 60 * second
const hourAgo = Date.UTC(2026, 10, 21) - 60 * minute

it('delivery sends every staged batch once, deletes its file, and ends drained', async () => {
  const { open, lines } = answeringDestination()
  const world = deliveryWorld({
    destination: open,
    entries: [staged('b1'), staged('b2', { partition: 'p2' })],
  })

  expect(await world.deliver()).toEqual({ kind: 'drained' })

  expect(lines).toEqual(['b1.0', 'b1.1', 'b2.0', 'b2.1'])
  expect(world.state.document.outbox).toEqual([])
  expect([...world.files.keys()]).toEqual([])
  expect(world.state.document.counters).toMatchObject({ confirmed: 2, confirmedByLookup: 0 })
})

it('delivery sends the batches of a partition one after the other, each an interval after the previous answer', async () => {
  const { open, requests } = answeringDestination()
  const world = deliveryWorld({ destination: open, entries: [staged('b1'), staged('b2'), staged('b3')] })

  await world.deliver()

  expect(requests.map(({ id }) => id)).toEqual(['b1', 'b2', 'b3'])
  const [first = 0, next = 0, last = 0] = requests.map(({ at }) => at)
  expect(next - first).toBeGreaterThanOrEqual(20 * second)
  expect(last - next).toBeGreaterThanOrEqual(20 * second)
})

it('delivery keeps the interval between any two requests of any kind', async () => {
  const { open, requests } = answeringDestination({
    kind: 'named',
    prepare: () => ({ kind: 'prepared', handle: 'h' }),
    poll: (_, n) => (n < 3 ? { kind: 'processing' } : { kind: 'done', rows: 2 }),
    send: (_, n) => ({ kind: n === 1 ? 'unknown' : 'not-permitted', message: 'lost' }),
    lookUp: () => ({ kind: 'found', receipts: ['r'] }),
  })
  const entries = ['p1', 'p2', 'p3', 'p4'].map((partition) => staged(`of-${partition}`, { partition }))
  const world = deliveryWorld({ destination: open, entries })

  await world.deliver()

  const times = requests.map(({ at }) => at).sort((a, b) => a - b)
  expect(new Set(requests.map(({ kind }) => kind))).toEqual(new Set(['prepare', 'send', 'look-up', 'poll']))
  times.slice(1).forEach((at, index) => expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(second))
})

it('delivery serves 200 partitions at one request a second: none starves, and no send window is spent in a queue', async () => {
  const { open, requests } = answeringDestination()
  const partitions = Array.from({ length: 200 }, (_, index) => `p${index}`)
  const entries = ['first', 'second'].flatMap((nth) =>
    partitions.map((partition) => staged(`${nth} of ${partition}`, { partition })),
  )
  const world = deliveryWorld({ destination: open, entries })

  expect(await world.deliver()).toEqual({ kind: 'drained' })

  expect(world.events('in-doubt')).toEqual([])
  expect(requests).toHaveLength(400)
  // Each partition has its turn before any has its second.
  expect(new Set(requests.slice(0, 200).map(({ id }) => id.split(' of ')[1])).size).toBe(200)
  expect(requests.at(-1)?.at).toBeLessThan(400 * 1.05 * second)
})

it('delivery does not prefer a partition with many batches to one that has waited longer', async () => {
  const { open, requests } = answeringDestination({ limits: { partitionIntervalMs: () => 0 } })
  const many = Array.from({ length: 10 }, (_, index) => staged(`many${index}`))
  const world = deliveryWorld({ destination: open, entries: [...many, staged('one', { partition: 'p2' })] })

  await world.deliver()

  expect(requests.findIndex(({ id }) => id === 'one')).toBe(1)
})

it('delivery ends as waiting where only waits longer than `patienceMs` are left', async () => {
  const { open, requests } = answeringDestination()
  const now = Date.UTC(2026, 10, 21)
  const world = deliveryWorld({
    destination: open,
    entries: [staged('b1')],
    document: { partitions: { p1: { mark: null, notBefore: now + 10 * minute, confirmedAt: null } } },
  })

  expect(await world.deliver()).toEqual({ kind: 'waiting', waitMs: 10 * minute })
  expect(requests).toEqual([])
})

it('delivery waits while extraction may commit more batches, and sends those', async () => {
  const { open, lines } = answeringDestination()
  let status: 'working' | 'ended' = 'working'
  let turned = (): void => undefined
  const extraction: ExtractionStatus = {
    status: () => status,
    changed: () => (status === 'ended' ? Promise.resolve() : new Promise((resolve) => (turned = resolve))),
  }
  const world = deliveryWorld({ destination: open, entries: [], extraction })
  world.files.set('run-1/late.txt', Buffer.from('late.0\nlate.1\n'))
  void world.time.sleep(10 * minute).then(async () => {
    await world.state.write(committed(staged('late', { run: 'run-1', identity: -1 })))
    status = 'ended'
    turned()
  })

  expect(await world.deliver()).toEqual({ kind: 'drained' })
  expect(lines).toEqual(['late.0', 'late.1'])
})

it('delivery ends as soon as extraction has ended without a new batch', async () => {
  const { open } = answeringDestination()
  let status: 'working' | 'ended' = 'working'
  const extraction: ExtractionStatus = {
    status: () => status,
    changed: () => (status === 'ended' ? Promise.resolve() : ending),
  }
  const world = deliveryWorld({ destination: open, entries: [], extraction })
  const ending = world.time.sleep(10 * minute).then(() => {
    status = 'ended'
  })
  const startedAt = world.clock.now()

  expect(await world.deliver()).toEqual({ kind: 'drained' })
  expect(world.clock.now() - startedAt).toBe(10 * minute)
})

describe('near the deadline', () => {
  const waitingForRoom: ExtractionStatus = {
    status: () => 'waiting',
    changed: () => new Promise(() => undefined),
  }

  it('ends while extraction waits for a full outbox, which no step can empty any more', async () => {
    const { open, requests } = answeringDestination()
    const entries = Array.from({ length: 20 }, (_, index) => staged(`b${index}`))
    const world = deliveryWorld({
      destination: open,
      entries,
      extraction: waitingForRoom,
      activationMs: 3 * minute,
    })

    expect(await world.deliver()).toEqual({ kind: 'deadline' })

    const lastMoment = 3 * minute - world.context.settings.sendTimeoutMs - world.context.settings.reserveMs
    expect(requests.length).toBeGreaterThan(3)
    expect(requests.at(-1)?.at).toBeLessThan(lastMoment)
  })

  it('ends as soon as no step fits any more, instead of after the wait for one', async () => {
    const { open } = answeringDestination()
    const now = Date.UTC(2026, 10, 21)
    const world = deliveryWorld({
      destination: open,
      entries: [staged('b1')],
      document: { partitions: { p1: { mark: null, notBefore: now + 50 * second, confirmedAt: null } } },
      activationMs: 80 * second,
    })

    expect(await world.deliver()).toEqual({ kind: 'deadline' })
    expect(world.clock.now() - now).toBeLessThanOrEqual(6 * second)
  })

  it('is drained where nothing was left to do', async () => {
    const { open } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [], activationMs: second })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
  })
})

it('delivery stops with the loss of the lease: no further request is made', async () => {
  const { open, requests } = answeringDestination()
  const world = deliveryWorld({ destination: open, entries: [staged('b1'), staged('b2')] })
  const lost = new JobError('lease-lost', 'Another run has taken over.', 'Nothing to do.')
  void world.time.sleep(2 * second).then(() => world.state.lose(lost))

  expect(await world.deliver()).toEqual({ kind: 'fault', error: lost })
  expect(requests).toHaveLength(1)
})

it('delivery stops all partitions for an error of one, once the requests under way have ended', async () => {
  const world = deliveryWorld({
    destination: (clock) => {
      const { open } = answeringDestination({
        async send({ id }) {
          if (id === 'b1') await clock.sleep(5 * second)
          return id === 'b1' ? { kind: 'not-permitted', message: 'no' } : slowly(clock)
        },
      })
      return open(clock)
    },
    entries: [staged('b1'), staged('b2', { partition: 'p2' }), staged('b3', { partition: 'p2' })],
  })

  expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'not-permitted' } })
  expect(world.events('confirmed').map(({ id }) => id)).toEqual(['b2'])
  expect(world.state.document.outbox.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'b1 staged',
    'b2 confirmed',
    'b3 staged',
  ])
})

it('delivery reports the error that stopped it with the text of the destination, without secrets', async () => {
  const { open } = answeringDestination({
    send: () => ({ kind: 'not-permitted', message: 'canary has no profile' }),
    change: { remedies: { 'not-permitted': 'Ask the vendor.' } },
  })
  const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

  const end = await world.deliver()

  const message = expect.stringContaining('[redacted] has no profile') as string
  expect(end).toMatchObject({
    kind: 'fault',
    error: { code: 'not-permitted', message, remedy: 'Ask the vendor.' },
  })
})

describe('a held batch', () => {
  it('stops its own partition only', async () => {
    const { open, requests } = answeringDestination({
      send: ({ id }) => (id === 'b1' ? { kind: 'rejected', message: 'no' } : plain),
    })
    const entries = [staged('b1'), staged('b2'), staged('c1', { partition: 'p2' })]
    const world = deliveryWorld({ destination: open, entries })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    expect(requests.map(({ id }) => id)).toEqual(['b1', 'c1'])
    expect(world.state.document.outbox).toMatchObject([
      { id: 'b1', state: 'held', hold: { code: 'rejected' } },
      { id: 'b2', state: 'staged' },
    ])
  })

  it.each([
    ['is gone', 'file-missing', (files: Map<string, Buffer>) => files.delete('run-0/b1.txt')],
    [
      'was changed',
      'file-damaged',
      (files: Map<string, Buffer>) => files.set('run-0/b1.txt', Buffer.from('x')),
    ],
  ] as const)('is one whose staged file %s: it is not sent', async (_what, code, harm) => {
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })
    harm(world.files)

    await world.deliver()

    expect(world.events('held')).toMatchObject([{ id: 'b1', hold: { code } }])
    expect(requests).toEqual([])
  })
})

describe('a changed destination', () => {
  const moved = { ...identity, address: 'https://new.example' }
  const inDoubt: OutboxEntry = {
    ...staged('b1'),
    state: 'in-doubt',
    doubtFrom: hourAgo,
    firstSentAt: hourAgo,
  }

  it.each([
    ['address', { address: 'https://new.example' }],
    ['account', { account: 'other' }],
    ['kind', { kind: 'other' }],
  ])(
    'of another %s is never asked for a batch in doubt; the run fails and names the exits',
    async (_what, change) => {
      const { open, requests } = answeringDestination({ change: { identity: { ...identity, ...change } } })
      const world = deliveryWorld({ destination: open, entries: [inDoubt, staged('b2')] })

      const end = await world.deliver()

      expect(end).toMatchObject({ kind: 'fault', error: { code: 'definition-changed' } })
      if (end.kind !== 'fault') return
      for (const exit of ['as=sent', 'as=drop', 'Put the old']) expect(end.error.remedy).toContain(exit)
      expect(end.error.remedy.includes('as=resend')).toBe(!('kind' in change))
      expect(end.error.message).toMatch(/: b1 \(in-doubt, \d rows\)(, b2 \(staged, \d rows\))?\.$/)
      expect(requests).toEqual([])
    },
  )

  it('still gets the batches that were staged for it, and other partitions go on', async () => {
    const { open, requests } = answeringDestination({ change: { identity: moved } })
    const world = deliveryWorld({ destination: open, entries: [inDoubt, staged('c1', { partition: 'p2' })] })

    const end = await world.deliver()

    expect(end).toMatchObject({ kind: 'fault', error: { code: 'definition-changed' } })
    expect(requests.map(({ id }) => id)).toEqual(['c1'])
  })

  it('with another target at the same address is asked as before', async () => {
    const { open, requests } = answeringDestination({
      change: { identity: { ...identity, target: 'other' } },
    })
    const world = deliveryWorld({ destination: open, entries: [inDoubt] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['look-up', 'send'])
  })

  it('of another kind is not sent the files of the old one', async () => {
    const { open, requests } = answeringDestination({ change: { identity: { ...identity, kind: 'other' } } })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    const end = await world.deliver()

    expect(end).toMatchObject({ kind: 'fault', error: { code: 'definition-changed' } })
    expect(end.kind === 'fault' && end.error.remedy).toMatch(/resolve=<batch> with as=drop/)
    expect(requests).toEqual([])
  })
})

const plain = { kind: 'accepted', rows: 2, invalidRows: 0 } as const

async function slowly(clock: Clock): Promise<typeof plain> {
  await clock.sleep(30 * second)
  return plain
}
