import { dueWork } from '../../../src/pipeline/work'
import { fullRefreshSync, incrementalSync, slicedSync } from '../../fixtures/syncs'
import { storedDocument } from '../../fixtures/stored-state'
import type { Sync } from '../../../src/definition/sync'
import type { StateDocument } from '../../../src/state/state-document'
import type { Backfill, Replay } from '../../../src/state/work'

const day = (date: number) => Date.UTC(2026, 10, date)
const backfill = (name: string): Backfill => ({
  ...{ kind: 'backfill', name, generation: 1, force: true },
  ...{ mode: 'sliced', from: day(1), to: day(3), doneTo: null },
})
const replay: Replay = { kind: 'replay', name: 'replay-1', generation: 0 }
const asides: StateDocument['backfills'] = [backfill('first'), backfill('second'), replay]

function kindsOf(sync: Sync, document: Partial<StateDocument>, now: number): string[] {
  return dueWork({ sync }, storedDocument(document), now).map(({ kind }) => kind)
}

it('a replay comes first, then ordinary work, then the oldest backfill', () => {
  const due = dueWork(
    { sync: slicedSync() },
    storedDocument({ backfills: asides, watermark: day(5) }),
    day(6),
  )

  expect(due).toMatchObject([
    { kind: 'replay', replay },
    { kind: 'slice', slice: { from: day(5), to: day(6) } },
    { kind: 'backfill', backfill: { name: 'first' }, slice: { from: day(1), to: day(2) } },
  ])
})

it('a slice that is not due leaves its turn to a backfill', () => {
  const document = { backfills: [backfill('first')], watermark: day(5) }

  expect(kindsOf(slicedSync(), document, day(6) - 1)).toEqual(['backfill'])
  expect(kindsOf(slicedSync(), { watermark: day(5) }, day(6) - 1)).toEqual([])
})

it.each<[string, Sync, string]>([
  ['an incremental read', incrementalSync(), 'incremental'],
  ['a full refresh', fullRefreshSync(), 'refresh'],
])('%s is always due, before a backfill and after a replay', (_what, sync, kind) => {
  expect(kindsOf(sync, {}, 0)).toEqual([kind])
  expect(kindsOf(sync, { backfills: [replay] }, 0)).toEqual(['replay', kind])
})
