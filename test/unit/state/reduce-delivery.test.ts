import { addCounters, noCounters } from '../../../src/state/counters'
import { reduce } from '../../../src/state/reduce'
import { batchIn, storedDocument } from '../../fixtures/stored-state'
import type { DestinationIdentity } from '../../../src/destinations/destination'
import type { StateEvent } from '../../../src/state/events'
import type { OutboxEntry } from '../../../src/state/outbox-entry'

const identity: DestinationIdentity = { kind: 'list', address: 'http://list', account: 'me', target: 'rows' }
const id = 'batch-1'
const partition = 'p'
const hold = { code: 'invalid-rows', message: 'one row is invalid', since: 40 } as const

const halves = [
  batchIn('staged', { id: 'half-a', rows: 1 }),
  batchIn('staged', { id: 'half-b', rows: 1 }),
] as const

const events = {
  'send-started': { type: 'send-started', at: 40, id, identity },
  'returned-to-staged': { type: 'returned-to-staged', id, partition, notBefore: 50, reason: 'throttled' },
  'in-doubt': { type: 'in-doubt', at: 40, id, partition, notBefore: 50, barrier: 0, message: 'cut' },
  'doubt-cleared': { type: 'doubt-cleared', id },
  accepted: { type: 'accepted', at: 40, id, partition, receipt: 'r', notBefore: 50 },
  'retry-scheduled': { type: 'retry-scheduled', id, message: 'the import broke' },
  confirmed: {
    type: 'confirmed',
    at: 40,
    id,
    partition,
    by: 'answer',
    rows: 2,
    notBefore: 50,
    awaitsArrival: true,
  },
  held: { type: 'held', id, hold, invalidRows: 1 },
  split: { type: 'split', id, halves },
  removed: { type: 'removed', id },
} as const satisfies Record<string, StateEvent>

/** The protocol's table: from which state each event leads where; null takes the entry out of the outbox. */
const table: readonly (readonly [
  keyof typeof events,
  readonly OutboxEntry['state'][],
  OutboxEntry['state'] | null,
])[] = [
  ['send-started', ['staged'], 'sending'],
  ['returned-to-staged', ['sending'], 'staged'],
  ['in-doubt', ['sending'], 'in-doubt'],
  ['doubt-cleared', ['in-doubt'], 'staged'],
  ['accepted', ['staged', 'sending', 'in-doubt'], 'accepted'],
  ['retry-scheduled', ['accepted'], 'staged'],
  ['confirmed', ['staged', 'sending', 'in-doubt', 'accepted'], 'confirmed'],
  ['held', ['staged', 'sending', 'in-doubt', 'accepted'], 'held'],
  ['split', ['staged', 'sending'], 'staged'],
  ['removed', ['confirmed'], null],
]

const states = ['staged', 'sending', 'in-doubt', 'accepted', 'confirmed', 'held'] as const

const others = [batchIn('staged', { id: 'before' }), batchIn('staged', { id: 'after' })] as const

function documentWith(entry: OutboxEntry) {
  return storedDocument({ outbox: [others[0], entry, others[1]], identities: [identity], attempts: 2 })
}

function applied(event: StateEvent, entry: OutboxEntry) {
  return reduce(documentWith(entry), event)
}

describe.each(table)('%s', (type, from, to) => {
  it.each(from)('applies to a batch that is %s', (state) => {
    const { outbox } = applied(events[type], batchIn(state))

    const moved = outbox.slice(1, -1)
    expect(moved.map((entry) => entry.state)).toEqual(to === null ? [] : type === 'split' ? [to, to] : [to])
    expect([outbox[0], outbox.at(-1)]).toEqual(others)
  })

  it.each(states.filter((state) => !from.includes(state)))('is an error for a batch that is %s', (state) => {
    expect(() => applied(events[type], batchIn(state))).toThrow(
      `does not apply to the batch batch-1: it is ${state}`,
    )
  })

  it('is an error for a batch that is not in the outbox', () => {
    const unknown = { ...events[type], id: 'nobody' } as StateEvent
    expect(() => applied(unknown, batchIn('staged'))).toThrow('it is not in the outbox')
  })
})

it('an entry keeps no member of its former state', () => {
  const cleared = applied(events['doubt-cleared'], batchIn('in-doubt')).outbox[1]
  const retried = applied(events['retry-scheduled'], batchIn('accepted')).outbox[1]

  expect(cleared).toEqual({ ...batchIn('staged'), firstSentAt: 10 })
  expect(retried).toEqual({ ...batchIn('staged'), firstSentAt: 10, retries: 1 })
})

it('send-started keeps the time of the first send and records where the batch goes', () => {
  const elsewhere = { ...identity, account: 'you' }
  const first = applied({ ...events['send-started'], identity: elsewhere }, batchIn('staged'))
  const again = applied(events['send-started'], batchIn('staged', { firstSentAt: 7 }))

  expect(first.outbox[1]).toMatchObject({ firstSentAt: 40, identity: 1 })
  expect(first.identities).toEqual([identity, elsewhere])
  expect(again.outbox[1]).toMatchObject({ firstSentAt: 7, identity: 0 })
  expect(again.identities).toEqual([identity])
})

it('in-doubt records since when, and raises the barrier but never lowers it', () => {
  const raised = applied({ ...events['in-doubt'], barrier: 900 }, batchIn('sending'))
  const kept = reduce({ ...documentWith(batchIn('sending')), barrier: 900 }, events['in-doubt'])

  expect(raised.outbox[1]).toMatchObject({ doubtFrom: 40 })
  expect(raised.barrier).toBe(900)
  expect(kept.barrier).toBe(900)
})

it.each(['returned-to-staged', 'in-doubt', 'accepted', 'confirmed'] as const)(
  '%s makes the partition wait, and leaves its mark',
  (type) => {
    const before = { mark: 7, notBefore: 3, confirmedAt: null }
    const document = { ...documentWith(batchIn('sending')), partitions: { p: before } }

    expect(reduce(document, events[type]).partitions.p).toMatchObject({ mark: 7, notBefore: 50 })
  },
)

it('confirmed counts the batch, by lookup where that proved it, and can leave the wait of the partition', () => {
  const byAnswer = applied(events.confirmed, batchIn('sending'))
  const byLookup = applied({ ...events.confirmed, by: 'lookup', notBefore: null }, batchIn('in-doubt'))

  expect(byAnswer.counters).toEqual(addCounters(noCounters, { confirmed: 1 }))
  expect(byLookup.counters).toEqual(addCounters(noCounters, { confirmed: 1, confirmedByLookup: 1 }))
  expect(byLookup.partitions.p).toEqual({ mark: null, notBefore: 0, confirmedAt: 40 })
})

it('held keeps the hold and counts the invalid rows', () => {
  const { outbox, counters } = applied(events.held, batchIn('sending'))

  expect(outbox[1]).toMatchObject({ hold })
  expect(counters).toEqual(addCounters(noCounters, { invalidRows: 1 }))
})

it('split replaces the batch by its halves and counts one more', () => {
  const { outbox, counters } = applied(events.split, batchIn('sending'))

  expect(outbox.map((entry) => entry.id)).toEqual(['before', 'half-a', 'half-b', 'after'])
  expect(counters).toEqual(addCounters(noCounters, { batches: 1 }))
})

it.each([
  ['doubt-cleared', 'in-doubt', 0],
  ['accepted', 'sending', 0],
  ['confirmed', 'sending', 0],
  ['send-started', 'staged', 2],
  ['returned-to-staged', 'sending', 2],
  ['in-doubt', 'sending', 2],
  ['held', 'sending', 2],
  ['retry-scheduled', 'accepted', 2],
] as const)(
  '%s leaves %s batches with %d attempts counted: only progress resets them',
  (type, from, attempts) => {
    expect(applied(events[type], batchIn(from)).attempts).toBe(attempts)
  },
)
