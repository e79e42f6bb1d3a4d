import { JobError } from '../../errors'
import { noMemory } from '../../state/run-file'
import { assertFields } from '../drift/assert-fields'
import { assertNoDrift } from '../drift/drift-policy'
import { waitForRoom } from './backpressure'
import { createIntake } from './intake'
import { openMemory } from './memory'
import { followProgress } from './progress'
import { planRead } from './read-plan'
import type { Page } from '../../sources/source'
import type { Cursor, Work } from '../../state/work'
import type { Enrich } from '../joins/enrichment'
import type { RunContext } from '../run-context'
import type { Commit } from './commit'
import type { ExtractionControl } from './extraction'
import type { Memory } from './memory'
import type { Position } from './position'
import type { RejectIndex } from './reject-index'

export type ExtractContext = Pick<
  RunContext,
  | 'job'
  | 'source'
  | 'enrichment'
  | 'destination'
  | 'settings'
  | 'state'
  | 'files'
  | 'drift'
  | 'scratch'
  | 'redact'
  | 'deadline'
>

/** `turn-over`: ordinary work comes before the rest of a backfill. */
type Interruption = 'deadline' | 'turn-over'

/** A piece of work, and the time on the store's clock at which ordinary work comes before the rest of a backfill. */
export interface Turn {
  readonly work: Work
  readonly turnEndsAt: number
}

/** How reading one piece of work ended. */
export interface ExtractEnd {
  readonly kind: 'finished' | Interruption | 'held'
  /** True where a commit had new records and each of them was rejected. */
  readonly allRejected: boolean
  /** For the report: what the destination and the engine say of the commits. */
  readonly notes: readonly string[]
}

/** The memories that all reads of one run share. */
export interface Recollection {
  readonly memory: Memory
  readonly rejects: RejectIndex
}

/**
 * Pages → records → rows + rejects → batches → commit.
 * A source with cursors commits at a page end as soon as a batch is full; other work is one commit, and so is that of a
 * job whose commits are approved or counted as a whole.
 * @throws JobError of the source, `source-order`, `source-outside-slice`, `too-many-rejects`, `slice-too-large`
 */
export async function extract(
  context: ExtractContext,
  control: ExtractionControl,
  turn: Turn,
  { memory, rejects }: Recollection,
): Promise<ExtractEnd> {
  const { job, destination } = context
  const { work } = turn
  memory.beginRead()
  rejects.beginRead()
  const enrich = await loadJoins(context, control.signal)
  const plan = planRead(context, work, rejects)
  const ownMemory = await openOwnMemory(context, work, plan.start)
  const intake = createIntake({
    job,
    format: destination.format,
    enrich,
    scope: plan.scope,
    memory,
    ownMemory,
    rejects,
    force: work.kind === 'backfill' && work.backfill.force,
    replay: work.kind === 'replay',
  })
  const recollection = { memory, ownMemory, rejects }
  const progress = followProgress(context, work, plan, recollection, control.signal)
  try {
    for await (const page of plan.pages(control.signal)) {
      assertFields(job, page)
      const isBeyond = takePage(page, intake, plan.position, progress.commit)
      observeDrift(context, work, page, enrich)
      await progress.commit.settle()
      control.signal.throwIfAborted()
      // A read without order continues to the end of the source.
      if (isBeyond && plan.commitsPages) break

      progress.pageEnds(page)
      const interruption = interruptionOf(context, control, turn, plan.commitsPages)
      if (plan.commitsPages && (interruption || progress.isFull(page.records.length))) {
        await progress.write(false)
        const isBackfill = work.kind === 'backfill'
        const room = interruption ? 'closing' : await waitForRoom(context, control, () => isBackfill)
        if (room === 'held') return progress.end('held')
      }
      if (interruption) return progress.end(interruption)
    }
    await progress.write(true)
    return progress.end('finished')
  } finally {
    await progress.commit.dispose()
  }
}

/** Why reading ends after this page; null where it goes on. */
function interruptionOf(
  { deadline, settings, state }: ExtractContext,
  control: ExtractionControl,
  { work, turnEndsAt }: Turn,
  commitsPages: boolean,
): Interruption | null {
  if (!deadline.fits(settings.sendTimeoutMs + settings.reserveMs) || control.isClosing()) return 'deadline'
  const isOver = work.kind === 'backfill' && state.storeClock.now() >= turnEndsAt
  return isOver && commitsPages ? 'turn-over' : null
}

/** Null where the job has no joins. @throws JobError of their sources, `join-unusable` */
async function loadJoins({ job, enrichment }: ExtractContext, signal: AbortSignal): Promise<Enrich | null> {
  if (enrichment) return enrichment.load(signal)
  if (Object.keys(job.joins ?? {}).length === 0) return null
  throw new JobError(
    'unexpected',
    `The joins of the job "${job.name}" were not opened.`,
    'Report it as a defect of this app.',
  )
}

/**
 * Records that are replayed were observed when they were read. Those without a match in a join are rejects, and lack the
 * joined fields only because of that.
 * @throws JobError `source-drift`
 */
function observeDrift(
  { job, drift }: ExtractContext,
  work: Work,
  { records }: Page,
  enrich: Enrich | null,
): void {
  if (work.kind === 'replay') return
  for (const raw of records) {
    const enriched = enrich?.(raw)
    if (enriched?.kind !== 'unmatched') drift.observe(enriched ? enriched.record : raw)
  }
  assertNoDrift(job, drift)
}

/** Returns true where the page reaches beyond the work. */
function takePage(
  { records }: Page,
  intake: ReturnType<typeof createIntake>,
  position: Position | null,
  commit: Commit,
): boolean {
  let isBeyond = false
  for (const raw of records) {
    const taken = intake(raw)
    if (taken.verdict.kind === 'beyond') isBeyond = true
    commit.take(taken, position?.take(taken) ?? false)
  }
  return isBeyond
}

/** The backfill's own decisions, which its `force` never overrides. */
function openOwnMemory(
  { files, state, job }: ExtractContext,
  work: Work,
  start: Cursor | null,
): Promise<Memory | null> {
  if (work.kind !== 'backfill') return Promise.resolve(null)
  const isIncremental = work.backfill.mode === 'incremental'
  const own = openMemory(isIncremental ? work.backfill.ties : noMemory, {
    reach: isIncremental ? 'ties' : 'none',
    keyed: job.sync.primaryKey !== null,
    files,
    run: state.run,
    cursor: start?.at ?? null,
    placeOf: () => 0,
    lookback: Infinity,
  })
  return own.then((memory) => {
    memory.beginRead()
    return memory
  })
}
