import { JobError } from '../../../src/errors'
import { judge } from '../../../src/pipeline/outcome'
import { runContext } from '../../fixtures/run-dependencies'
import { batchIn } from '../../fixtures/stored-state'
import type { DeliveryEnd } from '../../../src/pipeline/delivery/deliver'
import type { ExtractionEnd } from '../../../src/pipeline/extraction/extraction'
import type { StageEnd } from '../../../src/pipeline/stage'
import type { StateDocument } from '../../../src/state/state-document'

const fault = (code: 'source-refused' | 'not-permitted' | 'lease-lost') =>
  new JobError(code, code, 'Mend it.')
const drained: DeliveryEnd = { kind: 'drained' }

function ended(kind: StageEnd['kind'], allRejected = false): ExtractionEnd<StageEnd> {
  return { kind: 'ended', end: { kind, allRejected, notes: [] } }
}

function judged(
  extraction: ExtractionEnd<StageEnd>,
  delivered: DeliveryEnd = drained,
  document: Partial<StateDocument> = {},
) {
  return judge(extraction, delivered, runContext({ watermark: 0, ...document }), ['said before'])
}

it('a run with nothing left succeeds', () => {
  expect(judged(ended('exhausted'))).toEqual({
    outcome: 'succeeded',
    moreToDo: false,
    exhausted: true,
    notes: ['said before'],
  })
})

it('a run of slices reports when the first slice is due, until one was read', () => {
  const { notes } = judged(ended('exhausted'), drained, { watermark: null })

  expect(notes).toContainEqual(expect.stringMatching(/^Nothing was read yet: the first slice, .* is due at /))
  expect(judged(ended('capped'), drained, { watermark: null }).notes).toEqual(['said before'])
})

it.each([
  ['deadline', ended('deadline'), drained, 'deadline', true],
  ['deadline of delivery', ended('exhausted'), { kind: 'deadline' }, 'deadline', true],
  ['deadline with extraction stopped', { kind: 'stopped' }, { kind: 'deadline' }, 'deadline', true],
  ['as many slices as one run may take', ended('capped'), drained, 'capped', true],
  ['a wait for the destination', ended('exhausted'), { kind: 'waiting', waitMs: 1 }, 'waiting', false],
  ['a wait, extraction stopped', { kind: 'stopped' }, { kind: 'waiting', waitMs: 1 }, 'waiting', false],
  ['a wait and a cap', ended('capped'), { kind: 'waiting', waitMs: 1 }, 'waiting', false],
  ['a regrouping', ended('regrouping'), drained, 'regrouping', false],
  ['all records rejected', ended('exhausted', true), drained, 'all-rejected', false],
  ['all records rejected at the deadline', ended('deadline', true), drained, 'deadline', true],
] as const)('%s is partial', (_what, extraction, delivered, reason, moreToDo) => {
  expect(judged(extraction, delivered)).toMatchObject({ outcome: 'partial', reason, moreToDo })
})

it.each([
  ['extraction', judged({ kind: 'fault', error: fault('source-refused') }), 'source-refused'],
  ['delivery', judged(ended('exhausted'), { kind: 'fault', error: fault('not-permitted') }), 'not-permitted'],
  [
    'both: that of delivery counts',
    judged(
      { kind: 'fault', error: fault('source-refused') },
      { kind: 'fault', error: fault('not-permitted') },
    ),
    'not-permitted',
  ],
  [
    'anything that is no error of ours',
    judged({ kind: 'fault', error: new RangeError('bug') }),
    'unexpected',
  ],
  [
    'a wait beside it',
    judged({ kind: 'fault', error: fault('source-refused') }, { kind: 'waiting', waitMs: 1 }),
    'source-refused',
  ],
])('a fault of %s fails the run', (_what, outcome, reason) => {
  expect(outcome).toMatchObject({ outcome: 'failed', reason, moreToDo: false, notes: ['said before'] })
})

it('a lost lease is partial: the other run carries on', () => {
  expect(judged(ended('exhausted'), { kind: 'fault', error: fault('lease-lost') })).toMatchObject({
    outcome: 'partial',
    reason: 'lease-lost',
    moreToDo: false,
  })
})

it('a held batch fails the run, whatever else it did', () => {
  const outbox = [batchIn('held'), batchIn('held', { id: 'b' })]

  for (const end of ['exhausted', 'deadline', 'held', 'regrouping'] as const) {
    const { reason, error } = judged(ended(end), drained, { outbox })
    expect(reason).toBe('batch-held')
    expect(error?.message).toContain('2 batches wait')
  }
})

describe('runs without progress', () => {
  it('stop invoking the job after three of them', () => {
    expect(judged(ended('deadline'), drained, { attempts: 3 })).toMatchObject({
      reason: 'deadline',
      moreToDo: true,
    })
    expect(judged(ended('deadline'), drained, { attempts: 4 })).toMatchObject({
      outcome: 'failed',
      reason: 'no-progress',
      moreToDo: false,
    })
  })

  it('do not count while they wait for the destination', () => {
    expect(judged(ended('exhausted'), { kind: 'waiting', waitMs: 1 }, { attempts: 9 })).toMatchObject({
      outcome: 'partial',
      reason: 'waiting',
    })
  })

  it('may succeed', () => {
    expect(judged(ended('exhausted'), drained, { attempts: 9 }).outcome).toBe('succeeded')
  })
})

describe('the notes', () => {
  it('name the batches that a run waits for, and are equal while nothing changes', () => {
    const outbox = [batchIn('accepted'), batchIn('in-doubt', { id: 'b' })]
    const { notes } = judged(ended('exhausted'), { kind: 'waiting', waitMs: 1 }, { outbox })

    expect(notes).toEqual([
      'said before',
      'Batches wait for the destination: 1 accepted and not confirmed yet, 1 in doubt. A later run asks again.',
    ])
  })

  it('say until when a regrouping waits, and how to end it', () => {
    const partitions = { p: { mark: 1, notBefore: 0, confirmedAt: Date.UTC(2026, 10, 20, 12) } }
    const { notes } = judged(ended('regrouping'), drained, { partitioning: 'one', partitions })

    expect(notes?.[1]).toMatch(/until 2026-11-21T12:00:00.000Z, 24 h after.*resolve=regrouping as=continue/)
  })

  it('say that the wait has not begun while batches are on their way', () => {
    const { notes } = judged(ended('regrouping'), drained, {
      partitioning: 'one',
      outbox: [batchIn('accepted')],
    })

    expect(notes?.[1]).toContain('until every batch on its way is confirmed, and 24 h more')
  })

  it('say what to do where all new records were rejected, beside any other reason', () => {
    const { notes } = judged(ended('deadline', true))

    expect(notes?.[1]).toContain('resolve=rejects as=resend')
  })
})
