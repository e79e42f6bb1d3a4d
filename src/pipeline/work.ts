import { isDue, scheduleStart, sliceFrom, sliceName } from './slices'
import type { Job } from '../definition/job'
import type { Sliced } from '../definition/sync'
import type { StateDocument } from '../state/state-document'
import type { Backfill, Slice, Work } from '../state/work'

/**
 * The work that is due, by priority: a replay, which is one commit that a person waits for; then ordinary work, so that
 * no backfill starves it; then the oldest backfill.
 */
export function dueWork(
  { sync }: Pick<Job, 'sync'>,
  document: StateDocument,
  storeNow: number,
): readonly Work[] {
  const replay = document.backfills.find((aside) => aside.kind === 'replay')
  const backfill = document.backfills.find((aside) => aside.kind === 'backfill')
  return [
    ...(replay ? [{ kind: 'replay', replay } as const] : []),
    ...ordinaryWork(sync, document, storeNow),
    ...(backfill ? [{ kind: 'backfill', backfill, slice: sliceOf(sync, backfill) } as const] : []),
  ]
}

function ordinaryWork(sync: Job['sync'], document: StateDocument, storeNow: number): readonly Work[] {
  if (sync.mode === 'incremental') return [{ kind: 'incremental', cursor: document.cursor }]
  if (sync.mode === 'full-refresh') return [{ kind: 'refresh' }]
  const slice = sliceFrom(document.watermark ?? scheduleStart(sync), sync)
  return isDue(slice, sync, storeNow) ? [{ kind: 'slice', slice }] : []
}

/** Work without an end (no slice, no range) is done for now when the source has nothing more. */
export function isOpenEnded({ kind }: Work): boolean {
  return kind === 'incremental' || kind === 'refresh'
}

/** Names the batches and files of a commit. @param commits made so far */
export function commitName(work: Work, commits: number): string {
  if (work.kind === 'slice') return sliceName(work.slice)
  if (work.kind === 'replay') return work.replay.name
  if (work.kind === 'refresh') return `refresh-${commits + 1}`
  if (work.kind === 'incremental') return `commit-${commits + 1}`
  return work.slice
    ? `${work.backfill.name}-${sliceName(work.slice)}`
    : `${work.backfill.name}-${commits + 1}`
}

/** The name by which `resolve` addresses work that blocks the job. */
export function workName(work: Work): string {
  if (work.kind === 'backfill') return work.backfill.name
  if (work.kind === 'replay') return work.replay.name
  return work.kind === 'slice' ? sliceName(work.slice) : work.kind
}

/** The next slice of a backfill by slices, cut to its range. */
function sliceOf(sync: Job['sync'], backfill: Backfill): Slice | null {
  if (backfill.mode !== 'sliced' || sync.mode !== 'sliced') return null
  const whole = sliceFrom(backfill.doneTo ?? backfill.from, sync)
  return { from: whole.from, to: Math.min(whole.to, backfill.to) }
}

/** Where a slice is read from: a lookback reaches back, but never before the schedule, a floor, or a person's range. */
export function readFrom(work: Work, sync: Sliced, document: Pick<StateDocument, 'floor'>): number | null {
  if (work.kind === 'backfill') return work.slice?.from ?? null
  if (work.kind !== 'slice') return null
  const earliest = Math.max(
    scheduleStart(sync),
    document.floor ? Date.parse(document.floor.since) : -Infinity,
  )
  return Math.max(work.slice.from - (sync.lookback ?? 0), Math.min(earliest, work.slice.from))
}
