import { judgeImport } from '../../../../src/pipeline/delivery/poll'
import { deliveryWorld, identity, staged } from '../../../fixtures/delivery-world'
import { answeringDestination } from '../../../fixtures/answering-destination'
import type { Delivery, PollAnswer } from '../../../../src/destinations/destination'
import type { EntryIn } from '../../../../src/state/outbox-entry'

const second = 1_000
const named: Delivery = {
  kind: 'named',
  name: () => 'name',
  lookup: () => Promise.resolve({ kind: 'absent' }),
  visibleWithinMs: 0,
}
const upsert: Delivery = { kind: 'upsert', settleMs: 0 }

function accepted(id: string, change: Partial<EntryIn<'accepted'>> = {}): EntryIn<'accepted'> {
  return { ...staged(id), state: 'accepted', receipt: `receipt of ${id}`, acceptedAt: 0, ...change }
}

type Ended = Extract<PollAnswer, { kind: 'done' | 'failed' }>
const failed = (cause: 'rejected' | 'broken', rows?: number): Ended => ({
  kind: 'failed',
  cause,
  message: 'Service says no.',
  ...(rows === undefined ? {} : { rows }),
})

describe('the end of an import', () => {
  it.each<[string, Delivery, Ended, object]>([
    ['an append with our rows', named, { kind: 'done', rows: 4 }, { kind: 'confirmed' }],
    ['an append that is not counted', named, { kind: 'done' }, { kind: 'confirmed' }],
    [
      'an append with fewer rows',
      named,
      { kind: 'done', rows: 3 },
      { kind: 'held', code: 'ingested-in-part' },
    ],
    [
      'an append with more rows',
      named,
      { kind: 'done', rows: 5 },
      { kind: 'held', code: 'ingested-in-part' },
    ],
    ['an append without rows', named, { kind: 'done', rows: 0 }, { kind: 'held', code: 'ingested-in-part' }],
    ['a refused append of no row', named, failed('rejected', 0), { kind: 'held', code: 'rejected' }],
    ['a broken append of no row', named, failed('broken', 0), { kind: 'held', code: 'rejected' }],
    ['a broken append of some rows', named, failed('broken', 2), { kind: 'held', code: 'ingested-in-part' }],
    ['a broken append of all rows', named, failed('broken', 4), { kind: 'held', code: 'ingested-in-part' }],
    [
      'a refused append of unknown rows',
      named,
      failed('rejected'),
      { kind: 'held', code: 'ingested-in-part' },
    ],
    ['an upsert with our rows', upsert, { kind: 'done', rows: 4 }, { kind: 'confirmed' }],
    ['an upsert with fewer rows', upsert, { kind: 'done', rows: 3 }, { kind: 'retry' }],
    ['a refused upsert', upsert, failed('rejected'), { kind: 'held', code: 'rejected' }],
    ['a broken upsert', upsert, failed('broken', 2), { kind: 'retry' }],
  ])('of %s', (_what, delivery, answer, verdict) => {
    expect(judgeImport(delivery, { rows: 4, retries: 0 }, answer)).toMatchObject(verdict)
  })

  it('has the number of stored rows in its message, or that it is unknown', () => {
    const messageOf = (answer: Ended) => {
      const verdict = judgeImport(named, { rows: 4, retries: 0 }, answer)
      return verdict.kind === 'held' ? verdict.message : ''
    }

    expect(messageOf({ kind: 'done', rows: 3 })).toBe('The import ended. Rows stored: 3 of 4.')
    expect(messageOf(failed('broken', 2))).toBe('Service says no. Rows stored: 2 of 4.')
    expect(messageOf(failed('broken'))).toBe('Service says no. Rows stored: an unknown number.')
  })
})

describe('an accepted batch', () => {
  it('is polled, with backoff, until its import is done; only then its file is deleted', async () => {
    const { open, requests } = answeringDestination({
      kind: 'named',
      poll: (_, n) => {
        expect(world.files.has('run-0/b1.txt')).toBe(true)
        return n < 4 ? { kind: 'processing' } : { kind: 'done', rows: 2 }
      },
    })
    const settings = { patienceMs: 600 * second }
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], settings })

    expect(await world.deliver()).toEqual({ kind: 'drained' })

    const polls = requests.filter(({ kind }) => kind === 'poll').map(({ at }) => at)
    const waits = polls.slice(1).map((at, index) => Math.round((at - (polls[index] ?? 0)) / second))
    expect(waits).toEqual([20, 40, 80])
    expect(world.events('confirmed')).toMatchObject([{ by: 'poll' }])
    expect(world.files.size).toBe(0)
  })

  it('lets the next batch of its partition be sent', async () => {
    const { open, requests } = answeringDestination({ kind: 'named', poll: () => ({ kind: 'processing' }) })
    const world = deliveryWorld({ destination: open, entries: [staged('b1'), staged('b2')] })

    expect(await world.deliver()).toMatchObject({ kind: 'waiting' })

    expect(requests.filter(({ kind }) => kind === 'send').map(({ id }) => id)).toEqual(['b1', 'b2'])
    expect(world.state.document.outbox.map(({ state }) => state)).toEqual(['accepted', 'accepted'])
  })

  it('is never sent again for a poll that fails', async () => {
    const answers: PollAnswer[] = [
      { kind: 'unknown', message: 'HTTP 500' },
      { kind: 'throttled', retryAfterMs: 5 * second },
      { kind: 'not-sent', message: 'down' },
      { kind: 'unauthorized', message: 'expired' },
      { kind: 'done', rows: 2 },
    ]
    const { open, requests } = answeringDestination({
      kind: 'named',
      poll: (_, n) => answers[n - 1] ?? { kind: 'processing' },
    })
    const world = deliveryWorld({ destination: open, entries: [accepted('b1')] })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind }) => kind)).toEqual(['poll', 'poll', 'poll', 'poll', 'poll'])
  })

  it('ends the run where polling is not permitted', async () => {
    const { open } = answeringDestination({
      kind: 'named',
      poll: () => ({ kind: 'not-permitted', message: 'no profile' }),
    })
    const world = deliveryWorld({ destination: open, entries: [accepted('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'not-permitted' } })
    expect(world.state.document.outbox).toMatchObject([{ state: 'accepted' }])
  })

  it('that cannot be polled any more fails the run instead of a wait without end', async () => {
    const { open } = answeringDestination({ kind: 'named' })
    const world = deliveryWorld({ destination: open, entries: [accepted('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'definition-changed' } })
  })

  it('of another destination is not polled; the run fails instead', async () => {
    const { open, requests } = answeringDestination({
      kind: 'named',
      poll: () => ({ kind: 'done', rows: 2 }),
      change: { identity: { ...identity, account: 'other' } },
    })
    const world = deliveryWorld({ destination: open, entries: [accepted('b1')] })

    expect(await world.deliver()).toMatchObject({ kind: 'fault', error: { code: 'definition-changed' } })
    expect(requests).toEqual([])
  })
})

describe('an upsert whose import fails', () => {
  it('is sent three times more, then held', async () => {
    const { open, requests } = answeringDestination({ kind: 'upsert', poll: () => failed('broken') })
    const settings = { patienceMs: 3_600 * second }
    const world = deliveryWorld({ destination: open, entries: [staged('b1')], settings })

    await world.deliver()

    expect(requests.filter(({ kind }) => kind === 'send')).toHaveLength(4)
    expect(world.events('retry-scheduled')).toHaveLength(3)
    expect(world.events('held')).toMatchObject([{ hold: { code: 'processing-failed' } }])
  })

  it('holds the next commit back until it is confirmed', async () => {
    const { open, requests } = answeringDestination({
      kind: 'upsert',
      poll: ({ id }, n) => (id === 'b1' && n === 1 ? failed('broken') : { kind: 'done', rows: 2 }),
    })
    const entries = [staged('b1'), staged('b2', { commit: 2 })]
    const world = deliveryWorld({ destination: open, entries })

    expect(await world.deliver()).toEqual({ kind: 'drained' })
    expect(requests.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'send b1',
      'poll b1',
      'send b1',
      'poll b1',
      'send b2',
      'poll b2',
    ])
  })
})
