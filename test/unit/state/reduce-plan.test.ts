import { factsOf } from '../../../src/state/event-facts'
import { waitingPlan } from '../../../src/state/plan'
import { reduce } from '../../../src/state/reduce'
import { noMemory } from '../../../src/state/run-file'
import { errorThrownBy } from '../../fixtures/error-of'
import { batchIn, storedDocument, storedPlan } from '../../fixtures/stored-state'
import type { CommandEffect } from '../../../src/state/command-effect'
import type { StateEvent } from '../../../src/state/events'
import type { Memory } from '../../../src/state/run-file'
import type { StateDocument } from '../../../src/state/state-document'

const identity = { kind: 'list', address: 'here', account: 'me', target: 'rows' }
const lease = { owner: 'a run-1', run: 'run-1', activation: 'a', takenAt: 0, endsAt: 1 }
const memoryWith = (file: string): Memory => ({ inline: '', segments: [{ run: 'run-0', file, to: '' }] })

const committed: Extract<StateEvent, { type: 'committed' }> = {
  type: 'committed',
  at: 50,
  work: { kind: 'refresh' },
  advance: { cursor: null, finished: true, ties: noMemory },
  counting: {
    ...{ mode: 'full-refresh', cursor: '', primaryKey: '["id"]', lookback: '', source: 's' },
    sourceVersion: 1,
    target: '',
  },
  entries: [batchIn('staged')],
  identity,
  partitioning: 'one',
  marks: {},
  memory: noMemory,
  rejects: { index: null, segments: [] },
  counters: {},
  waived: [],
}

function after(effect: CommandEffect, before: Partial<StateDocument>): StateDocument {
  return reduce(storedDocument({ lease, ...before }), {
    ...{ type: 'command-accepted', at: 100, content: '{}', note: 'Done.', rememberedFrom: 40 },
    effect,
  })
}

it('a commit with a plan adds planned batches, and the plan waits', () => {
  const next = reduce(storedDocument(), {
    ...committed,
    entries: [batchIn('planned')],
    plan: storedPlan(),
  })

  expect(next.outbox.map(({ state, identity: index }) => [state, index])).toEqual([['planned', 0]])
  expect(waitingPlan(next)).toEqual(storedPlan())
})

it('a commit without a plan keeps the earlier plan, so that its approval can still be reported', () => {
  const plan = storedPlan({ decision: { kind: 'approved', run: 'run-1', at: 60 } })

  expect(reduce(storedDocument({ plan }), committed).plan).toEqual(plan)
})

it('an approval stages the planned batches as they are, and leaves every other batch alone', () => {
  const sending = batchIn('sending', { id: 'batch-0' })
  const before = { plan: storedPlan(), outbox: [sending, batchIn('planned')] }

  const next = after({ kind: 'plan-approved' }, before)

  expect(next.outbox).toEqual([sending, { ...batchIn('planned'), state: 'staged' }])
  expect(waitingPlan(next)).toBeNull()
  expect(next.plan?.decision).toEqual({ kind: 'approved', run: 'run-1', at: 100 })
})

it('a dropped plan leaves its batches to be deleted, takes the new memory, and moves no other batch', () => {
  const accepted = batchIn('accepted', { id: 'batch-0' })
  const memory = memoryWith('dropped.bin')
  const before = {
    plan: storedPlan(),
    outbox: [accepted, batchIn('planned')],
    memory: memoryWith('sent.bin'),
  }

  const next = after({ kind: 'plan-dropped', memory, rowKeys: null }, before)

  expect(next.outbox).toEqual([accepted, { ...batchIn('planned'), state: 'confirmed' }])
  expect(next.memory).toEqual(memory)
  expect(next.plan?.decision).toEqual({ kind: 'dropped', run: 'run-1', at: 100 })
  expect(next.orphans).toEqual(['run-0'])
})

it('files of the memory before a plan are named while it waits, and orphans once it is decided', () => {
  const before = { plan: storedPlan({ memoryBefore: memoryWith('before.bin') }) }

  expect(after({ kind: 'waived', waiver: 'source-order' }, before).orphans).toEqual([])
  expect(after({ kind: 'plan-approved' }, before).orphans).toEqual(['run-0'])
})

it.each(['send-started', 'removed', 'doubt-cleared'] as const)(
  'the event %s does not apply to a planned batch',
  (type) => {
    const event = { type, id: 'batch-1', at: 1, identity } as StateEvent
    const { message } = errorThrownBy(() => reduce(storedDocument({ outbox: [batchIn('planned')] }), event))

    expect(message).toContain('it is planned')
  },
)

it('the report of a killed run shows the plan that waits', () => {
  const event: StateEvent = {
    ...{ type: 'lease-taken', at: 100, owner: 'b', run: 'run-2', activation: 'b', endsAt: 200 },
    ...{ lastWrittenAt: 50, barrier: 0, reportsKept: 5 },
  }

  const next = reduce(storedDocument({ lease, plan: storedPlan() }), event)

  expect(next.reports.at(-1)).toMatchObject({
    reason: 'killed',
    plan: { id: 'plan-1', first: '1970-01-01T00:01:40.000Z', folder: 'jobs/job/outbox/run-0/' },
  })
})

it('the log line of a commit names its plan', () => {
  const planned = factsOf({ ...committed, entries: [batchIn('planned')], plan: storedPlan() })

  expect(planned).toMatchObject({ batches: 1, plan: 'plan-1' })
  expect(factsOf(committed).plan).toBeUndefined()
})
