import { waitingPlan } from '../state/plan'
import { assertSameCounting, regroupingWait } from './definition'
import { waitForRoom } from './extraction/backpressure'
import { placeOf } from './extraction/cursor-value'
import { extract } from './extraction/extract'
import { openMemory } from './extraction/memory'
import { cursorFieldOf } from './extraction/read-record'
import { deletesKeys } from './extraction/row-keys/open-row-keys'
import { openRejectIndex } from './extraction/reject-index'
import { isOpenEnded, nextWork } from './work'
import type { Sync } from '../definition/sync'
import type { ExtractContext, Recollection } from './extraction/extract'
import type { ExtractionControl } from './extraction/extraction'
import type { MemoryOptions, Reach } from './extraction/memory'

/** Why extraction ended. */
export interface StageEnd {
  /**
   * `exhausted`: nothing more is due. `capped`: as many slices as one run may take. `held`: a batch or a plan waits for a
   * person.
   * `regrouping`: rows moved to other partitions, and the batches of the old ones must be confirmed first.
   */
  readonly kind: 'exhausted' | 'deadline' | 'capped' | 'held' | 'regrouping'
  /** True where a commit had new records and each of them was rejected. */
  readonly allRejected: boolean
  /** What the report says of the commits. */
  readonly notes: readonly string[]
}

/**
 * Extracts all due work, oldest first. Work that fails stays due and blocks later work.
 * @throws JobError `definition-changed`, and what `extract` throws
 */
export async function stage(context: ExtractContext, control: ExtractionControl): Promise<StageEnd> {
  const { job, state } = context
  const blocked = await blockOf(context)
  if (blocked) return { kind: blocked, allRejected: false, notes: [] }
  let recollection: Recollection | null = null
  let allRejected = false
  let notes: readonly string[] = []
  for (let done = 0; ; done += 1) {
    const room = await waitForRoom(context, control)
    if (room === 'held') return { kind: 'held', allRejected, notes }
    if (room === 'closing') return { kind: 'deadline', allRejected, notes }
    const work = nextWork(job, state.document, state.storeClock.now())
    if (!work) return { kind: 'exhausted', allRejected, notes }
    if (isCapped(job.sync, done)) return { kind: 'capped', allRejected, notes }
    if (!isInTime(context)) return { kind: 'deadline', allRejected, notes }

    recollection ??= await recollect(context)
    const extracted = await extract(context, control, work, recollection)
    allRejected ||= extracted.allRejected
    notes = [...notes, ...extracted.notes]
    if (extracted.kind !== 'finished') return { kind: extracted.kind, allRejected, notes }
    if (isOpenEnded(work)) return { kind: 'exhausted', allRejected, notes }
  }
}

/**
 * The reason why extraction must not read at all. A waiting plan comes first: it must be decided under any definition.
 */
async function blockOf(context: ExtractContext): Promise<'held' | 'regrouping' | null> {
  if (waitingPlan(context.state.document)) return 'held'
  assertSameCounting(context)
  return (await regroup(context)) ? null : 'regrouping'
}

function isCapped(sync: Sync, slicesDone: number): boolean {
  return sync.mode === 'sliced' && sync.slicesPerRun !== null && slicesDone >= sync.slicesPerRun
}

function isInTime({ deadline, settings }: ExtractContext): boolean {
  return deadline.fits(settings.sendTimeoutMs + settings.reserveMs)
}

/**
 * False while extraction must wait: rows go to other partitions now, and batches of the old ones are not confirmed yet.
 */
async function regroup(context: ExtractContext): Promise<boolean> {
  const { destination, state } = context
  const { partition } = destination
  const { partitioning } = state.document
  if (regroupingWait(context) > 0) return false
  if (partitioning === null || partitioning === partition.fingerprint) return true
  const partitions = Array.from({ length: partition.count }, (_, index) => partition.name(index))
  await state.write({ type: 'regrouped', partitioning: partition.fingerprint, partitions })
  return true
}

/** Opens the decisions about records that can come again: deduplication index and reject index. */
async function recollect({ job, state, files }: ExtractContext): Promise<Recollection> {
  const { memory, rejects, cursor } = state.document
  return {
    memory: await openMemory(memory, {
      reach: reachOf(job.sync),
      keyed: job.sync.primaryKey !== null,
      files,
      run: state.run,
      cursor: cursor?.at ?? null,
      watchesAbsence: deletesKeys(job),
      ...distancesOf(job.sync),
    }),
    rejects: await openRejectIndex(rejects, files),
  }
}

/** How far a record can come again. */
export function reachOf(sync: Sync): Reach {
  if (sync.mode === 'full-refresh') return 'all'
  if (sync.lookback !== null) return 'window'
  return sync.mode === 'incremental' && sync.cursor.kind === 'record' ? 'ties' : 'none'
}

/** How distances between cursors are measured, and how far back another version of a record is known. */
export function distancesOf(sync: Sync): Pick<MemoryOptions, 'placeOf' | 'lookback'> {
  const field = cursorFieldOf(sync)
  const placed = { placeOf: field ? (at: string) => placeOf(field, at) : () => 0 }
  if (sync.mode === 'full-refresh') return { ...placed, lookback: Infinity }
  const readsNothingTwice = sync.mode === 'incremental' && sync.cursor.kind === 'page'
  return { ...placed, lookback: readsNothingTwice ? null : (sync.lookback ?? Infinity) }
}
