import { hasGap, snapshotsOf } from '../../../src/alerts/conditions'
import { AlertSettings } from '../../../src/alerts/settings'
import { jobWith } from '../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedPlan, storedReport } from '../../fixtures/stored-state'
import { fullRefreshSync, incrementalSync, slicedSync } from '../../fixtures/syncs'
import type { Observation } from '../../../src/alerts/conditions'
import type { Arrival } from '../../../src/state/arrivals'
import type { Sync } from '../../../src/definition/sync'
import type { StateDocument } from '../../../src/state/state-document'

const now = Date.UTC(2026, 10, 21)
const minute = 60_000
const hour = 60 * minute
const rules = { ...AlertSettings.parse({ rejectsAbove: 2, lateAbove: 1 }), leaseTtlMs: 90_000 }

function observe(
  document: Partial<StateDocument> | null,
  { modifiedAt = now, ...change }: Partial<Observation> & { readonly modifiedAt?: number } = {},
): Observation {
  const content = document && storedDocument(document)
  return {
    name: 'job',
    job: jobWith({ sync: incrementalSync() }),
    everyMinutes: null,
    found: content && { content, etag: '"1"', modifiedAt, storeNow: now },
    since: now - 24 * hour,
    isFirst: false,
    seen: null,
    storeNow: now,
    ...change,
  }
}

/** The conditions that hold now, by kind with their subjects. */
function present(observation: Observation): Readonly<Record<string, readonly string[]>> {
  const { conditions } = snapshotsOf(observation, rules).at(-1) ?? { conditions: [] }
  return Object.fromEntries(conditions.map(({ kind, subjects }) => [kind, subjects]))
}

const error = { code: 'not-permitted', message: 'The token may not do this.', remedy: 'Add a profile.' }
const segment = (open: number) => ({ file: 'rejects.jsonl', run: 'run-0', sha256: 'ab', id: 1, open, at: 0 })
const arrival = (change: Partial<Arrival>): Arrival => ({
  ...{ id: 'batch-1', batches: 1, rows: 10, partition: 'p', identity: 0, markers: [], receipts: [] },
  ...{ span: null, confirmedAt: now - hour, found: 4, missing: null },
  ...change,
})
const arrivalsWith = (...open: Arrival[]) => ({ arrivals: { ...storedDocument().arrivals, open } })
const work = { records: 9, taken: 5 }

it.each<[string, Partial<StateDocument>, Readonly<Record<string, readonly string[]>>]>([
  ['a run that succeeded', { reports: [storedReport()] }, {}],
  [
    'a failed run, by its error code',
    { reports: [storedReport({ outcome: 'failed', reason: 'not-permitted', error })] },
    { failed: ['not-permitted'] },
  ],
  [
    'a killed run, which has no error',
    { reports: [storedReport({ outcome: 'failed', reason: 'killed', notes: ['It was killed.'] })] },
    { failed: ['killed'] },
  ],
  [
    'a failed run that a success followed',
    { reports: [storedReport({ outcome: 'failed', error }), storedReport({ run: 'run-1' })] },
    {},
  ],
  [
    'held batches, by their ids, and not the failure that says the same',
    {
      outbox: [batchIn('held', { id: 'a' }), batchIn('held', { id: 'b' }), batchIn('staged', { id: 'c' })],
      reports: [storedReport({ outcome: 'failed', reason: 'batch-held' })],
    },
    { held: ['a', 'b'] },
  ],
  [
    'a waiting plan, by its id',
    { plan: storedPlan(), reports: [storedReport({ outcome: 'partial', reason: 'approval' })] },
    { approval: ['plan-1'] },
  ],
  ['a decided plan', { plan: storedPlan({ decision: { kind: 'approved', run: 'run-1', at: now } }) }, {}],
  ['late rows at the threshold', { reports: [storedReport({ ...work, late: 1 })] }, {}],
  ['late rows above it', { reports: [storedReport({ ...work, late: 2 })] }, { late: ['late'] }],
  [
    'late rows that were rejected',
    { reports: [storedReport({ ...work, late: 1, rejects: 1, rejectsByReason: { late: 1 } })] },
    { late: ['late'] },
  ],
  [
    'late rows, while later runs decide about nothing new',
    {
      reports: [storedReport({ ...work, late: 2 }), storedReport({ run: 'run-1', records: 3, repeated: 3 })],
    },
    { late: ['late'] },
  ],
  [
    'a run whose records were all rejected',
    {
      reports: [
        storedReport({ outcome: 'partial', reason: 'all-rejected', rejects: 2, records: 2 }),
        storedReport({ run: 'run-1' }),
      ],
    },
    { 'all-rejected': ['all-rejected'] },
  ],
  ['open rejects at the threshold', { rejects: { index: null, segments: [segment(1), segment(1)] } }, {}],
  [
    'open rejects above it, over all segments',
    { rejects: { index: null, segments: [segment(1), segment(2)] } },
    { rejects: ['open'] },
  ],
  [
    'a missing arrival, by its batch',
    arrivalsWith(arrival({ missing: { since: now, causes: ['bot-rule'] } }), arrival({ id: 'batch-2' })),
    { 'arrival-missing': ['batch-1'] },
  ],
  [
    'an arrival that nobody has settled for more than three days',
    arrivalsWith(arrival({ confirmedAt: now - 72 * hour - 1 })),
    { 'arrival-unchecked': ['unchecked'] },
  ],
  ['an arrival of three days', arrivalsWith(arrival({ confirmedAt: now - 72 * hour })), {}],
])('the conditions of %s', (_what, document, expected) => {
  expect(present(observe(document))).toEqual(expected)
})

describe('silence', () => {
  const ended = (ago: number) => ({ reports: [storedReport({ endedAt: new Date(now - ago).toISOString() })] })
  const lease = (takenAgo: number) => ({
    ...{ owner: 'o', run: 'run-1', activation: 'a-1', takenAt: now - takenAgo, endsAt: now },
  })
  const every15 = (sync: Sync, change: Parameters<typeof observe>[1] = {}) => ({
    job: jobWith({ sync }),
    everyMinutes: 15,
    ...change,
  })
  const daily = slicedSync({ lagMs: hour })

  it.each<[string, boolean, Partial<StateDocument> | null, Parameters<typeof observe>[1]]>([
    ['three periods after its last run', false, ended(45 * minute), every15(incrementalSync())],
    ['longer after it', true, ended(45 * minute + 1), every15(incrementalSync())],
    ['longer after it, of a full refresh', true, ended(46 * minute), every15(fullRefreshSync())],
    ['without a declared period', false, ended(24 * hour), { everyMinutes: null }],
    [
      'never having run, watched for three periods',
      false,
      null,
      every15(incrementalSync(), { since: now - 45 * minute }),
    ],
    [
      'never having run, watched for longer',
      true,
      null,
      every15(incrementalSync(), { since: now - 46 * minute }),
    ],
    [
      'while a run holds the lease',
      false,
      { ...ended(9 * hour), lease: lease(9 * hour) },
      every15(incrementalSync(), { modifiedAt: now - 30_000 }),
    ],
    [
      'after a run was killed that nobody followed',
      true,
      { ...ended(9 * hour), lease: lease(50 * minute) },
      every15(incrementalSync(), { modifiedAt: now - 46 * minute }),
    ],
    [
      'soon after a run was killed',
      false,
      { ...ended(9 * hour), lease: lease(40 * minute) },
      every15(incrementalSync(), { modifiedAt: now - 39 * minute }),
    ],
    // Today's slice begins at midnight, so it is not due before tomorrow.
    ['with no slice due', false, { ...ended(9 * hour), watermark: now }, every15(daily)],
    [
      'with a slice due for three periods',
      false,
      { ...ended(9 * hour), watermark: now - 24 * hour },
      every15(daily, { storeNow: now + hour + 45 * minute }),
    ],
    [
      'with a slice due for longer',
      true,
      { ...ended(9 * hour), watermark: now - 24 * hour },
      every15(daily, { storeNow: now + hour + 46 * minute }),
    ],
    [
      'with a batch that waits to be sent',
      true,
      { ...ended(9 * hour), watermark: now, outbox: [batchIn('staged')] },
      every15(daily),
    ],
    [
      'with a backfill to do',
      true,
      {
        ...ended(9 * hour),
        watermark: now,
        backfills: [{ kind: 'replay', name: 'replay-1', generation: 1 }],
      },
      every15(daily),
    ],
    [
      'while a plan waits for a person',
      false,
      { ...ended(9 * hour), plan: storedPlan(), outbox: [batchIn('planned')] },
      every15(incrementalSync()),
    ],
    [
      'while an upsert destination works on an import',
      false,
      { ...ended(9 * hour), outbox: [batchIn('accepted')] },
      {
        everyMinutes: 15,
        job: jobWith({
          sync: incrementalSync(),
          destination: { ...jobWith().destination, semantics: 'upsert' },
        }),
      },
    ],
  ])('a job %s is silent: %s', (_what, silent, document, change) => {
    expect('silent' in present(observe(document, change))).toBe(silent)
  })
})

it('a faulty definition is told with its faults, and needs no other part of the job', () => {
  const job = { ...jobWith(), sync: undefined as never, faults: ['the zone "Mars" is unknown'] }

  const [snapshot] = snapshotsOf(observe({}, { job, everyMinutes: 15 }), rules)

  expect(snapshot?.conditions).toEqual([
    expect.objectContaining({
      kind: 'definition-invalid',
      text: expect.stringContaining('Mars') as string,
    }),
  ])
})

it('a document that was there before and is gone is told, and says nothing about any other condition', () => {
  const seen = { run: 'run-0', endedAt: '2026-11-20T00:00:00.000Z' }

  expect(snapshotsOf(observe(null, { seen, everyMinutes: 15 }), rules)).toEqual([
    {
      speaksOf: ['definition-invalid', 'state-unreadable'],
      conditions: [expect.objectContaining({ subjects: ['state-missing'] })],
    },
  ])
  expect(present(observe(null))).toEqual({})
})

describe('runs between two looks', () => {
  const at = (minutes: number) => new Date(now + minutes * minute).toISOString()
  const report = (run: string, minutes: number, outcome: 'succeeded' | 'failed' = 'succeeded') =>
    storedReport({
      ...{ run, outcome, startedAt: at(minutes), endedAt: at(minutes) },
      ...(outcome === 'failed' ? { reason: 'not-permitted', error } : {}),
    })
  const kindsOf = (observation: Observation) =>
    snapshotsOf(observation, rules).map(({ conditions }) => conditions.map(({ kind }) => kind))

  it('the first look tells what holds, and no history', () => {
    const reports = [report('a', 0, 'failed'), report('b', 1)]

    expect(kindsOf(observe({ reports }, { isFirst: true }))).toEqual([[]])
  })

  it('runs after a look that found none are looked at from the first', () => {
    const reports = [report('a', 0, 'failed'), report('b', 1)]

    expect(kindsOf(observe({ reports }))).toEqual([['failed'], [], []])
  })

  it('each run since the last look has a snapshot of its own, so a failure that came and went is found', () => {
    const reports = [report('a', 0), report('b', 1, 'failed'), report('c', 2)]

    expect(kindsOf(observe({ reports }, { seen: { run: 'a', endedAt: at(0) } }))).toEqual([
      ['failed'],
      [],
      [],
    ])
  })

  it('equal reports that became one under a newer run are found by their time', () => {
    const reports = [report('a', 0), { ...report('d', 5, 'failed'), startedAt: at(1) }]

    expect(kindsOf(observe({ reports }, { seen: { run: 'b', endedAt: at(1) } }))).toEqual([
      ['failed'],
      ['failed'],
    ])
  })

  it('a batch that was held and resolved, and a plan that was decided, are found in the reports', () => {
    const held = [{ batch: 'a', partition: 'p', rows: 2, code: 'rejected', message: 'no', choices: [] }]
    const { plan } = {
      plan: { ...storedPlan(), first: null, last: null, createdAt: at(1), folder: 'jobs/job/outbox/run-0/' },
    }
    const reports = [
      report('a', 0),
      { ...report('b', 1), outcome: 'failed' as const, reason: 'batch-held', held },
      { ...report('c', 2), outcome: 'partial' as const, reason: 'approval', plan },
      report('d', 3),
    ]

    expect(kindsOf(observe({ reports }, { seen: { run: 'a', endedAt: at(0) } }))).toEqual([
      ['held'],
      ['approval'],
      [],
      [],
    ])
  })

  it('reports that are no longer kept leave a gap, and merged or few ones do not', () => {
    const kept = [report('d', 4), report('e', 5)]
    const seen = { run: 'a', endedAt: at(0) }

    expect(hasGap(storedDocument({ reports: kept }), seen, 2)).toBe(true)
    expect(hasGap(storedDocument({ reports: kept }), seen, 3)).toBe(false)
    expect(hasGap(storedDocument({ reports: kept }), { run: 'd', endedAt: at(4) }, 2)).toBe(false)
    expect(hasGap(storedDocument({ reports: kept }), null, 2)).toBe(false)
    const merged = [{ ...report('d', 4), startedAt: at(0) }, report('e', 5)]
    expect(hasGap(storedDocument({ reports: merged }), { run: 'b', endedAt: at(1) }, 2)).toBe(false)
  })
})
