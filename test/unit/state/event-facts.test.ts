import { factsOf } from '../../../src/state/event-facts'
import { noMemory } from '../../../src/state/run-file'
import { batchIn, storedReport } from '../../fixtures/stored-state'

it('a commit is one line of its work, its batches and its counters', () => {
  const facts = factsOf({
    type: 'committed',
    at: 1,
    work: { kind: 'slice', slice: { from: 0, to: 3_600_000 } },
    advance: { cursor: null, ties: noMemory, finished: true },
    counting: {
      mode: 'sliced',
      cursor: '',
      primaryKey: '',
      lookback: '',
      source: '',
      sourceVersion: 1,
      target: '',
    },
    entries: [batchIn('staged'), batchIn('staged')],
    identity: { kind: 'k', address: 'a', account: 'a', target: 't' },
    partitioning: 'p',
    marks: { p: 1 },
    memory: { inline: 'a long text', segments: [] },
    rejects: { index: null, segments: [] },
    counters: { records: 5, taken: 4, rejects: { late: 1 } },
    notes: ['The set is shown by two suites.'],
    waived: [],
  })

  expect(facts).toEqual({
    work: 'slice',
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T01:00:00.000Z',
    finished: true,
    cursor: undefined,
    batches: 2,
    records: 5,
    taken: 4,
    rejects: { late: 1 },
    notes: ['The set is shown by two suites.'],
  })
})

it('the end of a run is one line of its outcome and counts', () => {
  const error = { code: 'batch-held', message: 'One batch waits.', remedy: 'Decide.' }
  const report = storedReport({ outcome: 'failed', reason: 'batch-held', rows: 3, pending: 1, error })

  expect(
    factsOf({ type: 'run-ended', at: 1, report, progressed: false, exhausted: false, reportsKept: 20 }),
  ).toEqual({
    outcome: 'failed',
    reason: 'batch-held',
    error: 'One batch waits.',
    records: 0,
    rows: 3,
    rejects: 0,
    batches: 0,
    confirmed: 0,
    pending: 1,
  })
})

it('an accepted command is one line of its note and effect', () => {
  const effect = { kind: 'batch-resent', id: 'old', newId: 'new', generation: 1 } as const
  const event = {
    type: 'command-accepted',
    at: 1,
    content: '{}',
    note: 'Resent.',
    rememberedFrom: 0,
    effect,
  } as const

  expect(factsOf(event)).toEqual({ note: 'Resent.', effect: 'batch-resent', id: 'old' })
})

it('any other event is its own facts without the type', () => {
  const facts = { id: 'b', partition: 'p', notBefore: 5, reason: 'throttled' }

  expect(factsOf({ type: 'returned-to-staged', ...facts })).toEqual(facts)
})
