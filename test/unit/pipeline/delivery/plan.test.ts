import { planSteps } from '../../../../src/pipeline/delivery/plan'
import { newDocument } from '../../../../src/state/state-document'
import { identity, staged } from '../../../fixtures/delivery-world'
import { answeringDestination } from '../../../fixtures/answering-destination'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Script } from '../../../fixtures/answering-destination'
import type { PlanFacts } from '../../../../src/pipeline/delivery/plan'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'
import type { StateDocument } from '../../../../src/state/state-document'

const storeNow = 1_000_000
const notes = { readyAt: 0, absent: false, found: false, handle: null, unsettled: 0, unauthorized: 0 }

function inState(
  state: 'confirmed' | 'accepted' | 'in-doubt' | 'held' | 'planned',
  id: string,
  change: object = {},
): OutboxEntry {
  const hold = { code: 'rejected', message: '', since: 0 }
  const entry = {
    ...staged(id),
    receipt: 'r',
    acceptedAt: 0,
    doubtFrom: 0,
    hold,
    firstSentAt: 0,
    state,
    ...change,
  }
  return entry as OutboxEntry
}

/** The steps as text, such as `send b1`; with their wait where there is one. */
function planned(
  script: Script,
  outbox: readonly OutboxEntry[],
  {
    document = {},
    ...facts
  }: Partial<Omit<PlanFacts, 'document'>> & { document?: Partial<StateDocument> } = {},
): string[] {
  const steps = planSteps({
    document: {
      ...newDocument('job'),
      reconciled: true,
      identities: [identity],
      outbox: [...outbox],
      ...document,
    },
    destination: answeringDestination(script).open(virtualClock()),
    running: new Set(),
    notesOf: () => notes,
    newestSent: 0,
    storeNow,
    monotonic: 0,
    ...facts,
  })
  return steps.map(({ kind, entry, waitMs }) => `${kind} ${entry.id}${waitMs > 0 ? ` in ${waitMs}` : ''}`)
}

const keyed: Script = {}
const named: Script = { kind: 'named', poll: () => ({ kind: 'processing' }) }
const upsert: Script = { kind: 'upsert', poll: () => ({ kind: 'processing' }) }

describe('append destinations', () => {
  it('take one batch of each partition', () => {
    const outbox = [
      staged('a1'),
      staged('b1', { partition: 'p2' }),
      staged('a2'),
      staged('b2', { partition: 'p2' }),
    ]

    expect(planned(keyed, outbox)).toEqual(['send a1', 'send b1'])
  })

  it.each<[string, OutboxEntry, string[]]>([
    ['in doubt', inState('in-doubt', 'a1'), ['look-up a1']],
    ['held', inState('held', 'a1'), []],
    ['accepted', inState('accepted', 'a1'), ['poll a1', 'send a2']],
    ['confirmed', inState('confirmed', 'a1'), ['remove a1', 'send a2']],
  ])('with a first batch that is %s', (_what, first, steps) => {
    expect(planned(named, [first, staged('a2'), staged('a3')])).toEqual(steps)
  })

  it('never touch a batch whose plan waits, and go on with the batches before it', () => {
    const outbox = [staged('b1'), inState('planned', 'b2', { commit: 2 })]

    expect(planned({ kind: 'keyed' }, outbox)).toEqual(['send b1'])
    expect(planned({ kind: 'keyed' }, outbox.slice(1))).toEqual([])
    expect(planned({ kind: 'upsert' }, outbox.slice(1))).toEqual([])
  })

  it('block a partition while a step of its batch is under way', () => {
    const running = new Set(['a1'])

    expect(planned(keyed, [staged('a1'), staged('a2')], { running })).toEqual([])
  })

  it('wait for the partition before a send, but not before a lookup', () => {
    const document = { partitions: { p1: { mark: null, notBefore: storeNow + 7, confirmedAt: null } } }

    expect(planned(keyed, [staged('a1')], { document })).toEqual(['send a1 in 7'])
    expect(planned(keyed, [inState('in-doubt', 'a1')], { document })).toEqual(['look-up a1'])
  })

  it('wait as long as the last answer to the batch asked for', () => {
    const notesOf = () => ({ ...notes, readyAt: 5 })

    expect(planned(keyed, [inState('in-doubt', 'a1')], { notesOf })).toEqual(['look-up a1 in 5'])
  })

  it('verify a batch that was found', () => {
    const notesOf = () => ({ ...notes, found: true })

    expect(planned(keyed, [inState('in-doubt', 'a1')], { notesOf })).toEqual(['verify a1'])
  })

  it('look a batch up before its first send while the state before may have been lost, until the lookup has an answer', () => {
    const document = { reconciled: false }
    const notesOf = () => ({ ...notes, absent: true })

    expect(planned(keyed, [staged('a1')], { document })).toEqual(['look-up a1'])
    expect(planned(named, [staged('a1')], { document })).toEqual(['look-up a1'])
    expect(planned(upsert, [staged('a1')], { document })).toEqual(['send a1'])
    expect(planned(keyed, [staged('a1')], { document, notesOf })).toEqual(['send a1'])
  })

  it('ignore the barrier of upserts', () => {
    expect(planned(named, [inState('in-doubt', 'a1')], { document: { barrier: storeNow + 9 } })).toEqual([
      'look-up a1',
    ])
  })
})

describe('a destination that prepares', () => {
  const prepares: Script = { ...upsert, prepare: () => ({ kind: 'prepared', handle: 'h' }) }

  it('prepares a batch before it is sent, and sends it once it is prepared', () => {
    const notesOf = () => ({ ...notes, handle: '' })

    expect(planned(prepares, [staged('a1')])).toEqual(['prepare a1'])
    expect(planned(prepares, [staged('a1')], { notesOf })).toEqual(['send a1'])
  })
})

describe('upsert destinations', () => {
  it('take the batches of the oldest commit alone, as many as may be under way', () => {
    const outbox = [staged('a1'), staged('a2'), staged('a3'), staged('b1', { commit: 2 })]

    expect(planned(upsert, outbox)).toEqual(['send a1', 'send a2'])
  })

  it.each<[string, OutboxEntry, string[]]>([
    ['in doubt', inState('in-doubt', 'a1'), ['clear a1', 'send a2']],
    ['accepted', inState('accepted', 'a1'), ['poll a1', 'send a2']],
    ['held', inState('held', 'a1'), ['send a2', 'send a3']],
    ['confirmed', inState('confirmed', 'a1'), ['remove a1', 'send a2', 'send a3']],
  ])('with a batch that is %s', (_what, first, steps) => {
    expect(planned(upsert, [first, staged('a2'), staged('a3')])).toEqual(steps)
  })

  it('count a batch whose step is under way', () => {
    expect(planned(upsert, [staged('a1'), staged('a2'), staged('a3')], { running: new Set(['a1']) })).toEqual(
      ['send a2'],
    )
  })

  it.each([
    ['accepted', inState('accepted', 'a1')],
    ['in doubt', inState('in-doubt', 'a1')],
    ['held', inState('held', 'a1')],
    ['staged', staged('a1')],
  ])('send nothing of a later commit while a batch of an earlier one is %s', (_what, earlier) => {
    const steps = planned(upsert, [earlier, staged('b1', { commit: 2 })])

    expect(steps.filter((step) => step.includes('b1'))).toEqual([])
  })

  it('begin a commit only after the barrier', () => {
    const document = { barrier: storeNow + 9 }

    expect(planned(upsert, [staged('b1', { commit: 2 })], { document })).toEqual(['send b1 in 9'])
  })

  it('go on with a commit that has begun before the barrier, in this run or in one before', () => {
    const document = { barrier: storeNow + 9 }
    const b2 = staged('b2', { commit: 2 })

    expect(planned(upsert, [b2], { document, newestSent: 2 })).toEqual(['send b2'])
    expect(planned(upsert, [inState('confirmed', 'b1', { commit: 2 }), b2], { document })).toContain(
      'send b2',
    )
    expect(planned(upsert, [b2], { document, newestSent: 1 })).toEqual(['send b2 in 9'])
  })
})

describe('batches of another destination', () => {
  const moved: Script = { ...named, change: { identity: { ...identity, address: 'elsewhere' } } }

  it('wait with their partition where they are in doubt, and alone where they are accepted', () => {
    expect(planned(moved, [inState('in-doubt', 'a1'), staged('a2')])).toEqual([])
    expect(planned(moved, [inState('accepted', 'a1'), staged('a2')])).toEqual(['send a2'])
  })
})
