import { canonicalInstant, compareCursors, cursorBefore, instantOf } from './cursor-value'
import { readThatGoesOn } from './cut-read'
import { followPosition } from './position'
import { cursorFieldOf } from './read-record'
import { withoutRepeats } from './repeated-page'
import { rejectedPages } from './replay'
import { everywhere, reachedScope, sinceScope, sliceScope } from './scope'
import { readFrom, workName } from '../work'
import type { Incremental, RecordCursor, Sliced, Sync } from '../../definition/sync'
import type { Page } from '../../sources/source'
import type { StateDocument } from '../../state/state-document'
import type { Cursor, Work } from '../../state/work'
import type { RunContext } from '../run-context'
import type { Position } from './position'
import type { RejectIndex } from './reject-index'
import type { Scope } from './scope'

/** How one piece of work is read: the request to the source, and the scope that its records are checked against. */
export interface ReadPlan {
  pages(signal: AbortSignal): AsyncIterable<Page>
  readonly scope: Scope
  /** Null where records have no cursor. */
  readonly position: Position | null
  /** Where the work stands before the first page. */
  readonly start: Cursor | null
  /** True where a commit may lie between two pages; else the whole read is one commit. */
  readonly commitsPages: boolean
  /** True where rows come unordered and are sorted on local disk. */
  readonly sorts: boolean
}

export type PlanContext = Pick<RunContext, 'job' | 'source' | 'state' | 'files'>

export function planRead(context: PlanContext, work: Work, rejects: RejectIndex): ReadPlan {
  const { job, state } = context
  const anyOrder = state.document.waivers.includes('source-order')
  if (work.kind === 'replay') {
    const { segments } = state.document.rejects
    const scope = scopeOfReplay(job.sync, state.document)
    return { ...whole, scope, pages: () => rejectedPages(context.files, segments, rejects) }
  }
  if (job.sync.mode === 'full-refresh') {
    return { ...whole, pages: (signal) => context.source.read({ mode: 'full-refresh', signal }) }
  }
  return job.sync.mode === 'sliced'
    ? planSlice(context, job.sync, work, anyOrder)
    : planIncremental(context, job.sync, work, anyOrder)
}

const whole = {
  scope: everywhere,
  position: null,
  start: null,
  commitsPages: false,
  sorts: true,
}

function scopeOfReplay(
  sync: Sync,
  { cursor, watermark }: Pick<StateDocument, 'cursor' | 'watermark'>,
): Scope {
  const field = cursorFieldOf(sync)
  if (!field) return everywhere
  if (sync.mode === 'incremental') return reachedScope(field, cursor?.at ?? null, true)
  return reachedScope(field, watermark === null ? null : canonicalInstant(watermark), false)
}

function planSlice(
  { source, job, state }: PlanContext,
  sync: Sliced,
  work: Work,
  anyOrder: boolean,
): ReadPlan {
  const slice = work.kind === 'slice' || work.kind === 'backfill' ? work.slice : null
  const to = slice?.to ?? 0
  const from = readFrom(work, sync, state.document) ?? to
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const sorts = !sync.ordered || anyOrder
  return {
    pages: (signal) => withoutRepeats(source.read({ mode: 'sliced', range, signal }), sync),
    scope: sliceScope({ from, to }, workName(work), job.source.bringsMore),
    position: sync.ordered ? followPosition(sync.cursor, null, anyOrder) : null,
    start: null,
    commitsPages: false,
    sorts,
  }
}

function planIncremental(
  { source, job, state }: PlanContext,
  sync: Incremental,
  work: Work,
  anyOrder: boolean,
): ReadPlan {
  const backfill = work.kind === 'backfill' && work.backfill.mode === 'incremental' ? work.backfill : null
  const start = backfill ? (backfill.cursor ?? backfill.from) : state.document.cursor
  const field = cursorFieldOf(job.sync)
  const isInstant = field?.notation === 'instant'
  const read = (since: Cursor | null) => (signal: AbortSignal) =>
    source.read({
      mode: 'incremental',
      since: since?.since ?? null,
      ...(isInstant && since ? { sinceMs: instantOf(since.at) } : {}),
      signal,
    })
  if (!field) {
    const plan = { pages: read(start), scope: everywhere, position: null, start }
    return { ...plan, commitsPages: true, sorts: false }
  }
  const since = backfill ? start : reachBack(field, sync, start, state.document.floor)
  const range = { since: since?.at ?? null, until: backfill?.to.at ?? null }
  const position = followPosition(field, start, anyOrder)
  return {
    pages: (signal) => readThatGoesOn(read(since)(signal), work, position, start),
    scope: sinceScope(field, range, () => state.storeClock.now()),
    position,
    start,
    commitsPages: !anyOrder,
    sorts: anyOrder,
  }
}

/** A lookback reads records before the cursor again, but never before the floor. */
function reachBack(
  field: RecordCursor,
  sync: Incremental,
  cursor: Cursor | null,
  floor: Cursor | null,
): Cursor | null {
  if (sync.lookback === null || !cursor) return cursor
  const before = cursorBefore(field, cursor, sync.lookback)
  return floor !== null && compareCursors(field, before.at, floor.at) < 0 ? floor : before
}

/**
 * True for cursors whose records can no longer be read again, so that the memory may forget them. Null where every
 * record can.
 */
export function forgetsBefore(
  { job, state }: PlanContext,
  work: Work,
  cursor: Cursor | null,
): ((to: string) => boolean) | null {
  const { sync } = job
  if (sync.mode === 'full-refresh' || sync.lookback === null) return null
  if (sync.mode === 'sliced') {
    const watermark = work.kind === 'slice' ? work.slice.to : state.document.watermark
    const earliest = watermark === null ? null : canonicalInstant(watermark - sync.lookback)
    return earliest === null ? null : (to) => to < earliest
  }
  const field = cursorFieldOf(sync)
  if (!field || work.kind !== 'incremental' || !cursor) return null
  const earliest = cursorBefore(field, cursor, sync.lookback)
  return (to) => compareCursors(field, to, earliest.at) < 0
}
