import { addCounters, noCounters } from '../../../src/state/counters'
import { reduce } from '../../../src/state/reduce'
import { noMemory } from '../../../src/state/run-file'
import { batchIn, storedDocument } from '../../fixtures/stored-state'
import type { StateEvent } from '../../../src/state/events'
import type { StateDocument } from '../../../src/state/state-document'
import type { Backfill, Work } from '../../../src/state/work'

type Committed = Extract<StateEvent, { type: 'committed' }>

const cursor = (at: string) => ({ at, since: `since ${at}` })
const counting = {
  mode: 'incremental',
  cursor: 'c',
  primaryKey: '',
  lookback: '',
  source: 's',
  sourceVersion: 1,
  target: '',
} as const

const committed: Committed = {
  type: 'committed',
  at: 100,
  work: { kind: 'incremental', cursor: null },
  advance: { cursor: cursor('7'), ties: noMemory, finished: true },
  counting,
  entries: [],
  identity: { kind: 'list', address: 'http://list', account: 'me', target: 'rows' },
  partitioning: 'two',
  marks: {},
  memory: noMemory,
  rejects: { index: null, segments: [] },
  counters: {},
  waived: [],
}

const slice = { from: 10, to: 20 }

const sliced: Extract<Backfill, { mode: 'sliced' }> = {
  kind: 'backfill',
  mode: 'sliced',
  name: 'backfill-1',
  from: 10,
  to: 30,
  doneTo: null,
  generation: 1,
  force: true,
}

const incremental: Extract<Backfill, { mode: 'incremental' }> = {
  kind: 'backfill',
  mode: 'incremental',
  name: 'backfill-1',
  from: cursor('1'),
  to: cursor('5'),
  cursor: null,
  ties: noMemory,
  generation: 1,
  force: true,
}

function commit(change: Partial<Committed>, before: Partial<StateDocument> = {}): StateDocument {
  return reduce(storedDocument(before), { ...committed, ...change })
}

function commitWork(work: Work, advance: Partial<Committed['advance']>, before: Partial<StateDocument> = {}) {
  return commit({ work, advance: { ...committed.advance, cursor: null, ...advance } }, before)
}

it('a commit counts, resets the attempts, and stores the counting of the definition', () => {
  const next = commit({ counters: { records: 2, rejects: { late: 1 } } }, { attempts: 3 })

  expect(next).toMatchObject({ commits: 4, attempts: 0, counting, partitioning: 'two' })
  expect(next.counters).toEqual(addCounters(noCounters, { records: 2, rejects: { late: 1 } }))
})

it('a commit appends its batches to the outbox, each with the identity of its destination', () => {
  const other = { kind: 'list', address: 'http://list', account: 'you', target: 'rows' }
  const next = commit(
    { entries: [batchIn('staged', { id: 'new', identity: -1 })] },
    { outbox: [batchIn('sending')], identities: [other] },
  )

  expect(next.outbox).toEqual([batchIn('sending'), batchIn('staged', { id: 'new', identity: 1 })])
  expect(next.identities).toEqual([other, committed.identity])
})

it('a late row lowers no mark, and a partition keeps its `notBefore`', () => {
  const before = { mark: 7, notBefore: 50, confirmedAt: 40 }
  const { partitions } = commit({ marks: { p: 5, q: 3 } }, { partitions: { p: before } })

  expect(partitions).toEqual({ p: before, q: { mark: 3, notBefore: 0, confirmedAt: null } })
  expect(commit({ marks: { p: 9 } }, { partitions: { p: before } }).partitions.p?.mark).toBe(9)
})

it('a commit uses up the waivers it needed, and no other', () => {
  const next = commit({ waived: ['source-order'] }, { waivers: ['source-order', 'too-many-rejects'] })

  expect(next.waivers).toEqual(['too-many-rejects'])
})

it('files that a commit no longer names are listed for clean-up; segments without an open reject are removed', () => {
  const segment = (run: string, id: number, open: number) => ({ run, file: `${id}.jsonl`, id, open, at: 1 })
  const before = {
    memory: { inline: '', segments: [{ run: 'a', file: 'memory', to: '1' }] },
    rejects: { index: { run: 'b', file: 'index' }, segments: [segment('c', 1, 2), segment('d', 2, 1)] },
  }
  const next = commit(
    {
      memory: { inline: 'x', segments: [] },
      rejects: { index: { run: 'e', file: 'index' }, segments: [segment('c', 1, 0), segment('d', 2, 1)] },
    },
    before,
  )

  expect(next.orphans.sort()).toEqual(['a', 'b', 'c'])
  expect(next.rejects.segments).toEqual([segment('d', 2, 1)])
  expect(next.memory.inline).toBe('x')
})

describe('the work that a commit moves', () => {
  it('incremental: moves to the new cursor, and stays where there is none', () => {
    expect(commit({}).cursor).toEqual(cursor('7'))
    expect(commitWork({ kind: 'incremental', cursor: null }, {}, { cursor: cursor('3') }).cursor).toEqual(
      cursor('3'),
    )
  })

  it('a slice: moves the watermark and counts once it is finished', () => {
    const finished = commitWork({ kind: 'slice', slice }, {}, { watermark: 10, done: [{ from: 0, to: 10 }] })
    const open = commitWork({ kind: 'slice', slice }, { finished: false }, { watermark: 10 })

    expect(finished).toMatchObject({ watermark: 20, done: [{ from: 0, to: 20 }], counters: { slices: 1 } })
    expect(open).toMatchObject({ watermark: 10, done: [], counters: { slices: 0 } })
  })

  it('a refresh: has nothing but its memory', () => {
    expect(commitWork({ kind: 'refresh' }, {})).toMatchObject({ cursor: null, watermark: null })
  })

  it('a replay: ends with its commit', () => {
    const replay = { kind: 'replay', name: 'replay-1', generation: 0 } as const

    expect(commitWork({ kind: 'replay', replay }, {}, { backfills: [replay] }).backfills).toEqual([])
  })

  it('a sliced backfill: moves to the end of each slice and ends with the last', () => {
    const first = commitWork(
      { kind: 'backfill', backfill: sliced, slice },
      {},
      { backfills: [sliced], watermark: 50 },
    )
    const last = commitWork(
      { kind: 'backfill', backfill: sliced, slice: { from: 20, to: 30 } },
      {},
      { backfills: first.backfills, done: first.done },
    )

    expect(first).toMatchObject({ backfills: [{ ...sliced, doneTo: 20 }], done: [slice], watermark: 50 })
    expect(first.counters.slices).toBe(1)
    expect(last).toMatchObject({ backfills: [], done: [{ from: 10, to: 30 }] })
  })

  it('an incremental backfill: keeps its own cursor and ties, and leaves that of the job', () => {
    const work: Work = { kind: 'backfill', backfill: incremental, slice: null }
    const ties = { inline: 'ties', segments: [{ run: 'run-1', file: 'ties', to: '3' }] }
    const before = { backfills: [incremental], cursor: cursor('9') }
    const open = commitWork(work, { cursor: cursor('3'), ties, finished: false }, before)
    const done = commitWork(work, {}, open)

    expect(open).toMatchObject({ backfills: [{ cursor: cursor('3'), ties }], cursor: cursor('9') })
    expect(done).toMatchObject({ backfills: [], cursor: cursor('9'), orphans: ['run-1'] })
  })
})

describe('the time that commits covered', () => {
  const covered = (done: StateDocument['done'], from: number, to: number) =>
    commitWork({ kind: 'slice', slice: { from, to } }, {}, { done }).done

  it.each([
    ['joins ranges that touch', [{ from: 0, to: 10 }], 10, 20, [{ from: 0, to: 20 }]],
    [
      'keeps a gap',
      [{ from: 0, to: 10 }],
      20,
      30,
      [
        { from: 0, to: 10 },
        { from: 20, to: 30 },
      ],
    ],
    [
      'closes a gap',
      [
        { from: 0, to: 10 },
        { from: 20, to: 30 },
      ],
      10,
      20,
      [{ from: 0, to: 30 }],
    ],
    [
      'puts an earlier range in front',
      [{ from: 20, to: 30 }],
      0,
      10,
      [
        { from: 0, to: 10 },
        { from: 20, to: 30 },
      ],
    ],
    ['swallows what lies within', [{ from: 0, to: 30 }], 10, 20, [{ from: 0, to: 30 }]],
  ] as const)('%s', (_what, done, from, to, expected) => {
    expect(covered([...done], from, to)).toEqual(expected)
  })
})
