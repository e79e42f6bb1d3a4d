import { toJobError } from '../errors'
import { waitingPlan } from '../state/plan'
import { ofWork } from './commands/exits'
import { assertSameCounting, regroupingWait } from './definition'
import { waitForRoom } from './extraction/backpressure'
import { placeOf } from './extraction/cursor-value'
import { extract } from './extraction/extract'
import { openMemory } from './extraction/memory'
import { missingRepeat } from './extraction/missing-repeat'
import { cursorFieldOf } from './extraction/read-record'
import { deletesKeys } from './extraction/row-keys/open-row-keys'
import { openRejectIndex } from './extraction/reject-index'
import { dueWork, isOpenEnded } from './work'
import type { Sync } from '../definition/sync'
import type { Work } from '../state/work'
import type { ExtractContext, ExtractEnd, Recollection } from './extraction/extract'
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
 * Extracts all due work by its priority, oldest first. Work that fails stays due and blocks what follows it. Work without
 * an end is always due: once it has been read, a backfill has a turn of `backfillTurnMs` before it is read again.
 * @throws JobError `definition-changed`, and what `extract` throws
 */
export async function stage(context: ExtractContext, control: ExtractionControl): Promise<StageEnd> {
  const { job, state, settings } = context
  const blocked = await blockOf(context)
  if (blocked) return { kind: blocked, allRejected: false, notes: [] }
  let recollection: Recollection | null = null
  let allRejected = false
  let notes: readonly string[] = []
  let turnEndsAt = -Infinity
  const end = (kind: StageEnd['kind']): StageEnd => ({ kind, allRejected, notes })

  function nextWork(): Work | undefined {
    const now = state.storeClock.now()
    return dueWork(job, state.document, now).find((work) => !isOpenEnded(work) || now >= turnEndsAt)
  }

  for (let done = 0; ; done += 1) {
    const room = await waitForRoom(context, control, () => nextWork()?.kind === 'backfill')
    if (room !== 'room') return end(room === 'held' ? 'held' : 'deadline')
    const work = nextWork()
    if (!work) return end('exhausted')
    const limit = limitOf(context, done)
    if (limit) return end(limit)

    recollection ??= await recollect(context)
    const before = state.document
    const extracted = await extract(context, control, { work, turnEndsAt }, recollection).catch(
      (error: unknown) => Promise.reject(ofWork(toJobError(error), work)),
    )
    allRejected ||= extracted.allRejected
    notes = [...notes, ...extracted.notes, ...missingRepeat(job, work, extracted, before, state.document)]
    if (endsRun(extracted.kind)) return end(extracted.kind)
    if (!isOpenEnded(work)) continue
    if (state.document.backfills.length === 0) return end('exhausted')
    turnEndsAt = state.storeClock.now() + settings.backfillTurnMs
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

/** The limit of this run that more work would exceed. */
function limitOf({ job, deadline, settings }: ExtractContext, done: number): 'capped' | 'deadline' | null {
  const { sync } = job
  if (sync.mode === 'sliced' && sync.slicesPerRun !== null && done >= sync.slicesPerRun) return 'capped'
  return deadline.fits(settings.sendTimeoutMs + settings.reserveMs) ? null : 'deadline'
}

function endsRun(kind: ExtractEnd['kind']): kind is 'deadline' | 'held' {
  return kind === 'deadline' || kind === 'held'
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
