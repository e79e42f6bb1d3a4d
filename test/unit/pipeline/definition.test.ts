import {
  assertSameCounting,
  countingOf,
  regroupingOf,
  regroupingWait,
} from '../../../src/pipeline/definition'
import { errorThrownBy } from '../../fixtures/error-of'
import { destinationWith, jobWith, runContext } from '../../fixtures/run-dependencies'
import { batchIn, storedDocument } from '../../fixtures/stored-state'
import {
  fullRefreshSync,
  incrementalSync,
  instantCursor,
  numberCursor,
  slicedSync,
} from '../../fixtures/syncs'
import type { Job } from '../../../src/definition/job'
import type { Sync } from '../../../src/definition/sync'

const source = { identity: 'http://source/records' }
const counting = (sync: Sync, identity = source.identity) =>
  countingOf(jobWith({ sync }), { identity }, destinationWith())

describe('the counting of a job (what identifies its records)', () => {
  it.each<[string, Sync, Sync]>([
    ['its mode', incrementalSync(), slicedSync()],
    ['its notation', incrementalSync(), incrementalSync({ cursor: numberCursor })],
    [
      'the path of its cursor',
      incrementalSync(),
      incrementalSync({ cursor: { ...instantCursor, path: 'b' } }),
    ],
    [
      'the unit of its instants',
      incrementalSync(),
      incrementalSync({ cursor: { ...instantCursor, unit: 'ms' } }),
    ],
    [
      'the zone of its instants',
      incrementalSync(),
      incrementalSync({ cursor: { ...instantCursor, timeZone: 'UTC' } }),
    ],
    ['a page cursor', incrementalSync(), incrementalSync({ cursor: { kind: 'page' } })],
    ['its primary key', incrementalSync(), incrementalSync({ primaryKey: ['id'] })],
    [
      'the fields of its primary key',
      slicedSync({ primaryKey: ['a'] }),
      slicedSync({ primaryKey: ['a', 'b'] }),
    ],
    [
      'fields with a comma in them',
      slicedSync({ primaryKey: ['a,b'] }),
      slicedSync({ primaryKey: ['a', 'b'] }),
    ],
    ['its lookback', slicedSync({ lookback: 1 }), slicedSync({ lookback: 2 })],
    ['a lookback of nothing', slicedSync({ lookback: null }), slicedSync({ lookback: 0 })],
    ['the key of a full refresh', fullRefreshSync(), fullRefreshSync({ primaryKey: ['key'] })],
  ])('changes with %s', (_what, before, now) => {
    expect(counting(now)).not.toEqual(counting(before))
  })

  it('changes with the address and the version of its source', () => {
    const job = jobWith()
    const newer: Job = { ...job, source: { ...job.source, version: 2 } }

    expect(counting(job.sync, 'http://elsewhere')).not.toEqual(counting(job.sync))
    expect(countingOf(newer, source, destinationWith())).not.toEqual(counting(job.sync))
  })

  it.each<[string, Sync, Sync]>([
    ['how late rows are treated', incrementalSync(), incrementalSync({ late: 'reject' })],
    ['how changes are treated', incrementalSync(), incrementalSync({ onChange: 'send' })],
    [
      'how far a cursor may be ahead',
      incrementalSync(),
      incrementalSync({ cursor: { ...instantCursor, toleranceMs: 1 } }),
    ],
    ['the time zone of slices', slicedSync(), slicedSync({ timeZone: 'Europe/Berlin' })],
    ['the period of slices', slicedSync(), slicedSync({ every: 'hour' })],
    ['the start of slices', slicedSync(), slicedSync({ start: '2026-01-01' })],
    ['the lag of slices', slicedSync(), slicedSync({ lagMs: 5 })],
  ])('stays with %s', (_what, before, now) => {
    expect(counting(now)).toEqual(counting(before))
  })
})

describe('a changed definition', () => {
  const run = (before: Sync, now: Sync) => ({
    ...runContext({ counting: counting(before) }, { job: jobWith({ sync: now }) }),
    source,
  })

  it('stops extraction, names each change with old and new value, and the ways to continue', () => {
    const error = errorThrownBy(() =>
      assertSameCounting(run(slicedSync(), slicedSync({ primaryKey: ['id'] }))),
    )

    expect(error).toMatchObject({
      code: 'definition-changed',
      details: { changes: 'primaryKey: none → ["id"]' },
    })
    expect(error.message).toContain('primaryKey: none → ["id"]')
    expect(error.remedy).toMatch(
      /resolve=definition as=continue from=<instant>.*count twice.*left out.*new name/,
    )
  })

  it.each([
    ['sliced', slicedSync(), 'from=<instant>'],
    ['incremental', incrementalSync(), 'from=<cursor>'],
    ['full refresh', fullRefreshSync(), 'sent again'],
  ] as const)('of a %s job says what its way on takes', (_what, sync, text) => {
    const error = errorThrownBy(() =>
      assertSameCounting({ ...run(sync, sync), source: { ...source, identity: 'x' } }),
    )

    expect(error.remedy).toContain(text)
  })

  it('is not found before the first commit, or where the definition is unchanged', () => {
    expect(() => assertSameCounting({ ...runContext(), source: source })).not.toThrow()
    expect(() => assertSameCounting(run(slicedSync(), slicedSync({ every: 'hour' })))).not.toThrow()
  })
})

describe('a regrouping', () => {
  const settings = { regroupAfterMs: 1_000 }
  const partition = (confirmedAt: number | null) => ({ mark: 1, notBefore: 0, confirmedAt })
  const partitions = { p: partition(400), q: partition(500), r: partition(null) }

  it.each([
    ['none before the first commit', { partitioning: null }, 0, { kind: 'none', until: null }],
    [
      'none while the destination distributes as before',
      { partitioning: 'two' },
      0,
      { kind: 'none', until: null },
    ],
    [
      'waiting without an end while batches are on their way',
      { outbox: [batchIn('accepted')] },
      9e9,
      { kind: 'waiting', until: null },
    ],
    ['waiting from the last confirmation on', {}, 1_499, { kind: 'waiting', until: 1_500 }],
    ['due when the wait is over', {}, 1_500, { kind: 'due', until: null }],
    [
      'due where nothing was ever confirmed',
      { partitions: { p: partition(null) } },
      0,
      { kind: 'due', until: null },
    ],
  ])('is %s', (_what, change, storeNow, expected) => {
    const document = storedDocument({ partitioning: 'one', partitions, ...change })

    expect(regroupingOf(document, destinationWith(), settings, storeNow)).toEqual(expected)
  })

  it('makes extraction wait for as long', () => {
    const confirmedAt = Date.UTC(2026, 10, 20, 12)
    const waitOf = (change: object) => regroupingWait(runContext({ partitioning: 'one', ...change }))

    expect(waitOf({ partitions: { p: partition(confirmedAt) } })).toBe(12 * 60 * 60_000)
    expect(waitOf({ outbox: [batchIn('staged')] })).toBe(Infinity)
    expect(waitOf({})).toBe(0)
  })
})
