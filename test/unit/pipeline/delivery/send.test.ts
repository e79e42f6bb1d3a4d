import { JobError } from '../../../../src/errors'
import { deliveryWorld, staged } from '../../../fixtures/delivery-world'
import { answeringDestination } from '../../../fixtures/answering-destination'
import type { SendAnswer } from '../../../../src/destinations/destination'
import type { StateEvent } from '../../../../src/state/events'
import type { DeliveryContext } from '../../../../src/pipeline/delivery/delivery-context'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** A process that freezes for `ms` behind its first write-ahead write. */
function frozenOnce(ms: number): (context: DeliveryContext) => DeliveryContext {
  let frozen = false
  return (context) => {
    const state = Object.create(context.state, {
      write: {
        value: async (...events: readonly StateEvent[]) => {
          const issuedAt = await context.state.write(...events)
          if (events[0]?.type === 'send-started' && !frozen) {
            frozen = true
            await context.clock.sleep(ms)
          }
          return issuedAt
        },
      },
    }) as typeof context.state
    return { ...context, state }
  }
}

it('a send makes its write-ahead intent durable before the request', async () => {
  const states: (string | undefined)[] = []
  const { open } = answeringDestination({
    send: () => {
      states.push(world.state.document.outbox[0]?.state)
      return { kind: 'accepted', rows: 2, invalidRows: 0 }
    },
  })
  const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

  await world.deliver()

  expect(states).toEqual(['sending'])
  expect(world.events('send-started')).toMatchObject([{ id: 'b1', identity: { kind: 'scripted' } }])
})

it('a batch keeps its file where the write of its confirmation fails', async () => {
  const { open } = answeringDestination()
  const world = deliveryWorld({
    destination: open,
    entries: [staged('b1')],
    change: (context) => {
      const write = (...events: readonly StateEvent[]) =>
        events.some(({ type }) => type === 'confirmed')
          ? Promise.reject(new JobError('lease-lost', 'Another run has taken over.', 'Nothing to do.'))
          : context.state.write(...events)
      return {
        ...context,
        state: Object.create(context.state, { write: { value: write } }) as typeof context.state,
      }
    },
  })

  expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'lease-lost' } })

  expect([...world.files.keys()]).toEqual(['run-0/b1.txt'])
})

describe('the send window', () => {
  it('keeps a process that froze after the write from sending; the batch is staged again', async () => {
    const { open, requests } = answeringDestination()
    const world = deliveryWorld({
      destination: open,
      entries: [staged('b1')],
      change: frozenOnce(61 * second),
    })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    expect(world.events('returned-to-staged')).toHaveLength(1)
    expect(requests.map(({ at }) => at >= 61 * second)).toEqual([true])
  })

  it('lets a process send that froze for less', async () => {
    const { open, requests } = answeringDestination()
    const change = frozenOnce(59 * second)
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], change })

    await world.deliver()

    expect(world.events('returned-to-staged')).toEqual([])
    expect(requests).toHaveLength(1)
  })

  it('is checked again by the destination, after its token; a request that was not sent stages the batch again and is no outage', async () => {
    let tokens = 0
    const world = deliveryWorld({
      destination: (clock) =>
        answeringDestination({
          async send(_batch, _n, window) {
            tokens += 1
            if (tokens < 7) await clock.sleep(61 * second)
            return window.isOpen()
              ? { kind: 'accepted', rows: 2, invalidRows: 0 }
              : { kind: 'not-sent', message: 'too late' }
          },
        }).open(clock),
      entries: [staged('b1')],
    })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.events('returned-to-staged')).toHaveLength(6)
  })

  it('leaves a batch in doubt whose request takes longer', async () => {
    const world = deliveryWorld({
      destination: (clock) =>
        answeringDestination({
          async send(_batch, n, window) {
            if (n > 1) return { kind: 'accepted', rows: 2, invalidRows: 0 }
            await clock.sleep(5 * minute, window.signal)
            return { kind: 'unknown', message: 'never' }
          },
          lookUp: () => ({ kind: 'found', rows: 2 }),
        }).open(clock),
      entries: [staged('b1')],
    })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    const [sent, doubted] = [world.events('send-started')[0], world.events('in-doubt')[0]]
    expect((doubted?.at ?? 0) - (sent?.at ?? 0)).toBe(60 * second)
    expect(world.events('confirmed')).toMatchObject([{ by: 'lookup' }])
  })
})

describe('an accepted answer', () => {
  it.each<[string, SendAnswer, object]>([
    [
      'with our rows',
      { kind: 'accepted', rows: 2, invalidRows: 0 },
      { type: 'confirmed', by: 'answer', rows: 2 },
    ],
    ['without counts', { kind: 'accepted' }, { type: 'confirmed', by: 'answer' }],
    [
      'with invalid rows',
      { kind: 'accepted', rows: 2, invalidRows: 1, log: 'Row 1 lacks a name.' },
      {
        type: 'held',
        invalidRows: 1,
        hold: { code: 'invalid-rows', message: expect.stringContaining('Row 1 lacks') as string },
      },
    ],
    [
      'with other rows',
      { kind: 'accepted', rows: 1, invalidRows: 0 },
      { type: 'held', hold: { code: 'invalid-rows' } },
    ],
  ])('%s means', async (_what, answer, event) => {
    const { open, requests } = answeringDestination({ send: () => answer })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    await world.deliver()

    expect(world.state.events.at(1)).toMatchObject(event)
    expect(requests).toHaveLength(1)
  })

  it('without the receipt of its import is in doubt', async () => {
    const { open } = answeringDestination({
      kind: 'named',
      send: () => ({ kind: 'accepted' }),
      lookUp: () => ({ kind: 'found', receipts: ['r1'] }),
      poll: () => ({ kind: 'done', rows: 2 }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.state.events.map(({ type }) => type)).toEqual([
      'send-started',
      'in-doubt',
      'accepted',
      'confirmed',
      'removed',
    ])
  })
})

describe('a refusal', () => {
  it('by a rate limit waits as long as it asks', async () => {
    const { open, requests } = answeringDestination({
      send: (_, n) =>
        n === 1
          ? { kind: 'throttled', retryAfterMs: 45 * second }
          : { kind: 'accepted', rows: 2, invalidRows: 0 },
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    await world.deliver()

    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(45 * second)
  })

  it('by a rate limit waits an hour at most', async () => {
    const { open } = answeringDestination({
      send: () => ({ kind: 'throttled', retryAfterMs: 86_400_000_000 }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    const end = await world.deliver()

    expect(end).toEqual({ kind: 'waiting', waitMs: hour })
    const [refused] = world.events('returned-to-staged')
    expect((refused?.notBefore ?? 0) - world.clock.now()).toBe(hour)
  })

  it('by a rate limit that names no time backs off exponentially, until the wait is longer than `patienceMs`', async () => {
    const { open, requests } = answeringDestination({
      send: () => ({ kind: 'throttled', retryAfterMs: null }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    const end = await world.deliver()

    expect(end.kind === 'waiting' && end.waitMs).toBeGreaterThan(60 * second)
    const gaps = requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0))
    expect(gaps.length).toBeGreaterThanOrEqual(10)
    gaps.forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual(0.5 * 1.25 ** index * second)
      expect(gap).toBeLessThan(1.5 * 1.25 ** index * second + 200)
    })
  })

  it('by a rate limit pauses the requests of every partition, and the next answer takes one refusal back', async () => {
    const refused = new Set([1, 2, 4])
    let sends = 0
    const { open, requests } = answeringDestination({
      send: () =>
        refused.has((sends += 1)) ? { kind: 'throttled', retryAfterMs: 10 * second } : { kind: 'accepted' },
    })
    const entries = ['p1', 'p2', 'p3'].map((partition) => staged(`of-${partition}`, { partition }))
    const world = deliveryWorld({ destination: open, entries })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    const [first = 0, next = 0, third = 0, fourth = 0, fifth = 0] = requests.map(({ at }) => at)
    expect(next - first).toBeGreaterThanOrEqual(10 * second)
    expect(third - next).toBeGreaterThan(10.6 * second)
    expect(fourth - third).toBe(second)
    expect(fifth - fourth).toBeLessThan(12 * second)
  })

  it('of a token is tried once more with another token, at the pace of all requests', async () => {
    const { open, requests } = answeringDestination({
      send: (_, n) => (n === 1 ? { kind: 'unauthorized', message: 'expired' } : { kind: 'accepted' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBe(second)
  })

  it('of a token in many partitions at once, as when it expires, stops nothing', async () => {
    const { open } = answeringDestination({
      send: (_, n) => (n === 1 ? { kind: 'unauthorized', message: 'expired' } : { kind: 'accepted' }),
    })
    const entries = ['p1', 'p2', 'p3', 'p4'].map((partition) => staged(partition, { partition }))
    const world = deliveryWorld({ destination: open, entries })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
  })

  it('of a fresh token too ends the run, with the batch staged', async () => {
    const { open, requests } = answeringDestination({
      send: () => ({ kind: 'unauthorized', message: 'bad' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'not-authorized' } })
    expect(requests).toHaveLength(2)
    expect(world.state.document.outbox).toMatchObject([{ state: 'staged' }])
  })

  it('before the first byte pauses all partitions, longer each time, and ends the run after five pauses', async () => {
    const { open, requests } = answeringDestination({
      send: () => ({ kind: 'not-sent', message: 'refused' }),
    })
    const entries = ['p1', 'p2', 'p3'].map((partition) => staged(partition, { partition }))
    const world = deliveryWorld({ destination: open, entries })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'destination-unreachable' } })
    expect(requests.map(({ at }) => Math.round(at / second))).toEqual([0, 2, 6, 14, 30])
  })

  it('before the first byte counts once for all requests that were under way', async () => {
    const partitions = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
    const world = deliveryWorld({
      destination: (clock) =>
        answeringDestination({
          async send(_batch, n) {
            await clock.sleep(10 * second)
            return n === 1 ? { kind: 'not-sent', message: 'refused' } : { kind: 'accepted' }
          },
        }).open(clock),
      entries: partitions.map((partition) => staged(partition, { partition })),
    })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(world.events('returned-to-staged')).toHaveLength(6)
  })

  it('before the first byte is forgotten once an answer comes', async () => {
    const { open } = answeringDestination({
      send: (_, n) => (n < 5 ? { kind: 'not-sent', message: 'refused' } : { kind: 'accepted' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1'), staged('b2')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
  })
})

describe('an error that a send throws', () => {
  it('comes from the token where it is a JobError: the batch is staged, the run ends with it', async () => {
    const error = new JobError('token-refused', 'invalid_client', 'Check the secret.')
    const { open } = answeringDestination({ send: () => Promise.reject(error) })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'fault', error })
    expect(world.state.document.outbox).toMatchObject([{ state: 'staged' }])
  })

  it('proves nothing about the request where it is unexpected: the batch is in doubt', async () => {
    const { open } = answeringDestination({ send: () => Promise.reject(new TypeError('x is undefined')) })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'unexpected' } })
    expect(world.state.document.outbox).toMatchObject([{ state: 'in-doubt' }])
  })
})

describe('a batch that is too large', () => {
  const upTo = (rows: number) => (batch: { readonly rows: number }) =>
    batch.rows > rows
      ? ({ kind: 'too-large', message: 'HTTP 413' } as const)
      : ({ kind: 'accepted' } as const)

  it('goes out as halves, and halves of halves, in the order of its rows', async () => {
    const { open, lines } = answeringDestination({ send: upTo(2) })
    const world = deliveryWorld({ destination: open, entries: [staged('b1', { rows: 7 }), staged('b2')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    expect(lines).toEqual(['b1.0', 'b1.1', 'b1.2', 'b1.3', 'b1.4', 'b1.5', 'b1.6', 'b2.0', 'b2.1'])
    expect(world.state.document.counters.batches).toBe(3)
  })

  it('leaves its halves as batches that were never sent', async () => {
    let requests = 0
    const { open } = answeringDestination({
      send: () =>
        requests++ === 0
          ? { kind: 'too-large', message: 'HTTP 413' }
          : { kind: 'throttled', retryAfterMs: 10_000_000 },
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1', { rows: 2, retries: 2 })] })

    await world.deliver()

    const { outbox } = world.state.document
    expect(outbox.map(({ state, rows, retries }) => [state, rows, retries])).toEqual([
      ['staged', 1, 0],
      ['staged', 1, 0],
    ])
  })

  it('gives its halves ids of their own, also where another batch has the same rows', async () => {
    const { open, requests, lines } = answeringDestination({ send: upTo(1) })
    const other = { id: 'other', batch: 'label-other', file: 'other.txt' }
    const world = deliveryWorld({ destination: open, entries: [staged('same'), staged('same', other)] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    const halves = requests.map(({ id }) => id).filter((id) => id.startsWith('key '))
    expect(new Set(halves).size).toBe(4)
    expect(lines).toEqual(['same.0', 'same.1', 'same.0', 'same.1'])
  })

  it('of a single row is held', async () => {
    const { open } = answeringDestination({ send: upTo(0) })
    const world = deliveryWorld({ destination: open, entries: [staged('b1', { rows: 1 })] })

    await world.deliver()

    expect(world.events('held')).toMatchObject([{ hold: { code: 'row-too-large' } }])
  })
})

describe('a preparation', () => {
  it('comes before the write-ahead intent, and its handle goes to the send', async () => {
    const handles: string[] = []
    const { open } = answeringDestination({
      kind: 'upsert',
      prepare: () => {
        expect(world.state.document.outbox[0]?.state).toBe('staged')
        return { kind: 'prepared', handle: 'upload-1' }
      },
      send: (_batch, _n, _window, handle) => {
        handles.push(handle)
        return { kind: 'accepted' }
      },
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(handles).toEqual(['upload-1'])
  })

  it('that proves nothing is repeated; one whose send was refused is made again', async () => {
    const { open, requests } = answeringDestination({
      kind: 'upsert',
      prepare: (_, n) =>
        n === 1 ? { kind: 'unknown', message: '500' } : { kind: 'prepared', handle: `h${n}` },
      send: (_, n) => (n === 1 ? { kind: 'throttled', retryAfterMs: second } : { kind: 'accepted' }),
    })
    const world = deliveryWorld({ destination: open, entries: [staged('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['prepare', 'prepare', 'send', 'prepare', 'send'])
    expect(world.events('in-doubt')).toEqual([])
  })

  it.each([
    ['rejects', { kind: 'rejected', message: 'Bad header!' }, 'rejected', 'Bad header!'],
    ['finds a single row too large', { kind: 'too-large', message: '413' }, 'row-too-large', '413.'],
  ] as const)('that %s holds the batch, which was never sent', async (_what, answer, code, said) => {
    const { open, requests } = answeringDestination({ kind: 'upsert', prepare: () => answer })
    const world = deliveryWorld({ destination: open, entries: [staged('b1', { rows: 1 })] })

    await world.deliver()

    const message = `The destination answered: ${said}`
    expect(world.events('held')).toMatchObject([{ hold: { code, message } }])
    expect(requests.map(({ kind }) => kind)).toEqual(['prepare'])
  })
})
