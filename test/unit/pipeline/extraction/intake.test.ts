import * as z from 'zod'
import { identify } from '../../../../src/pipeline/extraction/identity'
import { createIntake } from '../../../../src/pipeline/extraction/intake'
import { openMemory } from '../../../../src/pipeline/extraction/memory'
import { createRejectIndex } from '../../../../src/pipeline/extraction/reject-index'
import { sinceScope } from '../../../../src/pipeline/extraction/scope'
import { noMemory } from '../../../../src/state/run-file'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { Job } from '../../../../src/definition/job'
import type { OnChange, RecordCursor } from '../../../../src/definition/sync'
import type { IntakeOptions } from '../../../../src/pipeline/extraction/intake'
import type { Decision } from '../../../../src/pipeline/extraction/decision'
import type { IndexedReject } from '../../../../src/pipeline/extraction/reject-index'

const cursor: RecordCursor = {
  kind: 'record',
  notation: 'instant',
  path: 'at',
  timeZone: null,
  unit: 'iso',
  toleranceMs: 3_600_000,
  faults: [],
}
const now = Date.UTC(2026, 0, 10)

function jobWith(change: { onChange?: OnChange; primaryKey?: readonly string[] | null } = {}): Job {
  const { onChange = 'ignore', primaryKey = ['id'] } = change
  return {
    name: 'job',
    source: { bringsMore: false } as Job['source'],
    sync: { mode: 'incremental', cursor, primaryKey, lookback: 864e5, onChange, late: 'send', faults: [] },
    record: z.object({ id: z.string(), at: z.string(), value: z.number().optional() }),
    map(record) {
      const { value, ...rest } = record as { id: string; at: string; value?: number }
      if (value === 13) throw new RangeError('thirteen')
      if (value === 0) return null
      return value === 2 ? [rest, rest] : rest
    },
    destination: {} as Job['destination'],
    faults: [],
  }
}

const format: IntakeOptions['format'] = {
  extension: 'txt',
  encode: (row) => ({ kind: 'row', line: `${JSON.stringify(row)}\n`, partition: 0, order: 0 }),
  open: () => {
    throw new RangeError('not opened here')
  },
  split: () => Promise.resolve(null),
}

const at = '2026-01-05T00:00:00Z'
const record = { id: 'a', at, value: 1 }
const changed = { id: 'a', at, value: 3 }
const invalid = { id: 'a', at, value: 'x' }

async function judge(
  raw: unknown,
  given: {
    readonly known?: readonly [unknown, Decision]
    readonly rejects?: readonly IndexedReject[]
    readonly job?: Job
    readonly since?: string
    readonly force?: boolean
    readonly replay?: boolean
  } = {},
) {
  const job = given.job ?? jobWith()
  const { primaryKey } = job.sync
  const memory = await openMemory(noMemory, {
    reach: 'window',
    keyed: primaryKey !== null,
    files: memoryRunFiles(),
    run: 'run',
    cursor: null,
    placeOf: () => 0,
    lookback: Infinity,
  })
  if (given.known) {
    const [before, decision] = given.known
    const seen = { at: null, isNewest: false, recalled: false }
    memory.remember(identify(primaryKey, before, parsed(before)), decision, seen)
  }
  const intake = createIntake({
    job,
    format,
    scope: sinceScope(cursor, { since: given.since ?? null, until: null }, () => now),
    memory,
    ownMemory: null,
    rejects: createRejectIndex(given.rejects ?? []),
    force: given.force ?? false,
    replay: given.replay ?? false,
  })
  return intake(raw)
}

const parsed = (raw: unknown) => jobWith().record.safeParse(raw).data

function rejectOf(raw: unknown, state: IndexedReject['state'] = 'open'): IndexedReject {
  const { words, keyed } = identify(['id'], raw, parsed(raw))()
  return { words, keyed, place: 0, state, segment: 1, line: 0 }
}

describe('a record that is unknown', () => {
  it('becomes rows, or none where map leaves it out', async () => {
    expect((await judge(record)).verdict).toMatchObject({ kind: 'rows', heals: null })
    expect((await judge({ ...record, value: 2 })).verdict).toMatchObject({ rows: [{}, {}] })
    expect((await judge({ ...record, value: 0 })).verdict).toEqual({ kind: 'filtered', heals: null })
  })

  it.each([
    ['record-invalid', invalid],
    ['map-failed', { ...record, value: 13 }],
    ['cursor-unreadable', { id: 'a', at: 'yesterday' }],
    ['cursor-ahead', { id: 'a', at: '9999-01-01T00:00:00Z' }],
    ['key-missing', { id: '', at }],
    ['record-too-deep', { ...record, deep: nested(5_000) }],
  ])('is rejected as %s', async (code, raw) => {
    const { verdict } = await judge(raw)
    expect(verdict).toMatchObject({ kind: 'reject', reject: { code }, replaces: null })
  })

  it.each([
    ['objects', nested],
    ['lists', nestedLists],
  ])('may be nested as deep as 200 levels of %s', async (_, deep) => {
    const verdicts = [199, 200, 201].map((depth) => judge({ ...record, deep: deep(depth) }))
    expect((await Promise.all(verdicts)).map(({ verdict }) => verdict)).toMatchObject([
      { kind: 'rows' },
      { kind: 'rows' },
      { kind: 'reject', reject: { code: 'record-too-deep' } },
    ])
  })

  it('is rejected where the schema throws', async () => {
    const throwing = z.any().transform(() => {
      throw new RangeError('thrown')
    })
    const { verdict } = await judge(record, { job: { ...jobWith(), record: throwing } })
    expect(verdict).toMatchObject({ reject: { code: 'record-threw' } })
  })

  it('is `behind` where its cursor lies before the one that the source was asked for, and is never sent', async () => {
    const since = '2026-01-06T00:00:00'
    expect((await judge(record, { since })).verdict).toEqual({ kind: 'behind' })
    expect((await judge(record, { since, known: [record, 'sent'] })).verdict.kind).toBe('repeated')
  })

  it('moves no cursor where it is implausibly far ahead', async () => {
    expect((await judge({ id: 'a', at: '9999-01-01T00:00:00Z' })).cursor).toBeNull()
    expect((await judge({ id: 'a', at: '2026-01-10T01:00:00Z' })).cursor).not.toBeNull()
  })
})

describe('a record that is known', () => {
  it.each<Decision>(['sent', 'rejected', 'late', 'filtered', 'dropped'])(
    'as %s with the same content is repeated',
    async (decision) => {
      expect((await judge(record, { known: [record, decision] })).verdict.kind).toBe('repeated')
    },
  )

  it.each<[OnChange, string]>([
    ['ignore', 'duplicate'],
    ['reject', 'reject'],
    ['send', 'rows'],
  ])('as sent with other content is decided by onChange: %s', async (onChange, kind) => {
    const { verdict } = await judge(changed, { known: [record, 'sent'], job: jobWith({ onChange }) })
    expect(verdict.kind).toBe(kind)
  })

  it.each<Decision>(['rejected', 'late', 'filtered'])('as %s with other content is new', async (decision) => {
    expect((await judge(changed, { known: [record, decision] })).verdict.kind).toBe('rows')
  })

  it('as sent is sent again by force, and nothing else is', async () => {
    expect((await judge(record, { known: [record, 'sent'], force: true })).verdict.kind).toBe('rows')
    expect((await judge(record, { known: [record, 'rejected'], force: true })).verdict.kind).toBe('repeated')
    const dropped = [rejectOf(record, 'dropped')]
    expect((await judge(record, { rejects: dropped, force: true })).verdict.kind).toBe('repeated')
  })
})

describe('a record whose reject is open', () => {
  it('heals when it is valid now, also from behind the cursor', async () => {
    const reject = rejectOf(record)
    const given = { rejects: [reject], known: [record, 'rejected'] as const, since: '2026-01-06T00:00:00' }
    expect((await judge(record, given)).verdict).toMatchObject({ kind: 'rows', heals: reject })
  })

  it('stays open while it is invalid, and its newest copy takes its place', async () => {
    const reject = rejectOf(invalid)
    const { verdict } = await judge({ ...invalid, value: 'y' }, { rejects: [reject] })
    expect(verdict).toMatchObject({ kind: 'reject', replaces: reject })
  })

  it('that was rejected as changed is sent only by a replay', async () => {
    const job = jobWith({ onChange: 'reject' })
    const given = { rejects: [rejectOf(changed)], known: [record, 'sent'] as const, job }
    expect((await judge(changed, given)).verdict).toMatchObject({
      kind: 'reject',
      reject: { code: 'changed' },
    })
    expect((await judge(changed, { ...given, replay: true })).verdict.kind).toBe('rows')
  })

  it('that was rejected as changed stays rejected where the memory has forgotten the earlier version', async () => {
    const rejects = [{ ...rejectOf(changed), onRequest: true as const }]
    const given = { rejects, job: jobWith({ onChange: 'reject' }) }
    expect((await judge(changed, given)).verdict).toMatchObject({ kind: 'reject', replaces: rejects[0] })
    expect((await judge(changed, { ...given, replay: true })).verdict.kind).toBe('rows')
    expect((await judge(changed, { ...given, force: true })).verdict.kind).toBe('rows')
  })

  it('closes where the same content was sent in another way', async () => {
    const reject = rejectOf(record)
    const { verdict } = await judge(record, { rejects: [reject], known: [record, 'sent'] })
    expect(verdict).toEqual({ kind: 'repeated', closes: reject })
  })
})

it('a dropped record stays out with the same content, and is new with other content', async () => {
  const rejects = [rejectOf(record, 'dropped')]
  expect((await judge(record, { rejects })).verdict.kind).toBe('repeated')
  expect((await judge(changed, { rejects })).verdict.kind).toBe('rows')
})

it('without a primary key, two equal events of which one was rejected are one heal and one new record', async () => {
  const job = jobWith({ primaryKey: null })
  const { words } = identify(null, record, parsed(record))()
  const reject = { words, keyed: false, place: 0, state: 'open', segment: 1, line: 0 } as const
  const rejects = createRejectIndex([reject])
  const identity = identify(null, record, parsed(record))

  expect(rejects.find(identity, () => 0)?.reject).toBe(reject)
  expect(rejects.find(identity, () => 0)).toBeNull()
  rejects.beginRead()
  expect(rejects.find(identity, () => 0)?.reject).toBe(reject)
  expect((await judge(record, { job })).verdict.kind).toBe('rows')
})

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}

function nestedLists(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}
