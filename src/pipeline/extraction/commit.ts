import { noMemory } from '../../state/run-file'
import { createRejects } from './commit-rejects'
import { makePlan, spanOf } from './make-plan'
import { createMarks } from './marks'
import { createNewKeys } from './new-keys'
import { reviewCommit } from './review-commit'
import { toRows } from './intake'
import { openRowKeys, rowKeyNotes } from './row-keys/open-row-keys'
import { createRowMerger } from './row-merger'
import { createStagedBatches } from './staged-batches'
import { newTally, takeVerdict } from './take-verdict'
import type { CommitSummary } from '../../destinations/destination'
import type { Counters } from '../../state/counters'
import type { EntryIn } from '../../state/outbox-entry'
import type { Plan } from '../../state/plan'
import type { CommitContext, CommitOptions, CommitReach } from './commit-options'
import type { Decision } from './decision'
import type { Taken } from './intake'
import type { CommitParts, Tally } from './take-verdict'

/** The results of extraction that become durable in one write: batches, rejects, memory, counters and cursor. */
export interface Commit {
  /** False where no decision was made that the state must remember. */
  readonly hasNews: boolean
  /** True where there were new records and each of them was rejected. */
  readonly allRejected: boolean
  readonly counters: Partial<Counters>
  /** True where another page of `rowsAhead` rows should go into the next commit. */
  isFull(rowsAhead: number): boolean
  /** @param isNewest the record is at the newest cursor of the work */
  take(taken: Taken, isNewest: boolean): void
  /** Backpressure; writes full batches and segments. They are not committed yet, so none can be sent. */
  settle(): Promise<void>
  /**
   * Writes what is open, then the one event that makes all of it durable: to be sent, or as a plan that waits for a
   * person. Returns what the report says of it.
   * @throws JobError `too-many-rejects`, `slice-too-large`, and where the destination cannot review it
   */
  write(reach: CommitReach): Promise<readonly string[]>
  /** Frees the local disk, committed or not. */
  dispose(): Promise<void>
}

export function openCommit(context: CommitContext, options: CommitOptions): Commit {
  const { job, destination, state } = context
  const { memory, ownMemory, aside } = options
  const { semantics, format } = destination
  const sorts = options.sorts || semantics === 'upsert' || format.merge !== undefined
  const tally = newTally()
  const parts: CommitParts = {
    tally,
    batches: createStagedBatches(context, { ...options, sorts }),
    marks: createMarks(state.document.partitions, destination.partition, sorts),
    merger: createRowMerger(semantics, format, options.work.kind === 'replay'),
    newKeys: createNewKeys(),
    rowKeys: openRowKeys(context, options),
    rowsOf(record) {
      const rows = toRows(job, format, record)
      return rows.kind === 'rows' ? rows.rows : []
    },
    rejects: createRejects(context, options),
    rejectsLate: job.sync.late === 'reject' && !aside,
    remember,
  }
  const { batches, rejects, rowKeys } = parts
  const counters = () => ({ ...tally.counts, rejects: rejects.byReason })

  function remember(taken: Taken, decision: Decision, isNewest: boolean): void {
    const { record, verdict, cursor, recalled, renews } = taken
    tally.hasNews ||= verdict.kind !== 'repeated' || renews
    const sighting = { at: cursor?.at ?? null, isNewest, recalled: recalled !== null }
    if (!aside) memory.remember(record.identity, decision, sighting)
    else {
      ownMemory?.remember(record.identity, decision, sighting)
      memory.amend(record.identity, decision, sighting)
    }
  }

  return {
    get hasNews() {
      return tally.hasNews || rowKeys?.hasNews === true
    },
    get allRejected() {
      return rejects.count > 0 && newRecords(tally) === 0
    },
    get counters() {
      return counters()
    },
    isFull: batches.isFull,
    take: (taken, isNewest) => takeVerdict(parts, taken, isNewest),
    async settle() {
      await rejects.settle()
      await batches.settle()
      await rowKeys?.settle()
    },
    write: (reach) => writeCommit(context, options, parts, reach),
    async dispose() {
      await batches.dispose()
      await rowKeys?.dispose()
    },
  }
}

/** Writes the files before the one write that names them: a crash in between leaves only orphans. */
async function writeCommit(
  context: CommitContext,
  options: CommitOptions,
  parts: CommitParts,
  { finished, cursor, reachedTo, ownTo, isForgotten, waived: waivedByRead }: CommitReach,
): Promise<readonly string[]> {
  const { destination, state } = context
  const { tally, batches, marks, merger, rejects, rowKeys } = parts
  merger.forget()
  const { name, work, counting, memory, ownMemory } = options
  const waived = [...waivedByRead, ...rejects.assertAcceptable(newRecords(tally) + rejects.count)]
  const staged = await batches.finish(rowKeys?.gone())
  const { plan, notes } = await planOf(context, options, parts, staged)
  const stored = await rejects.store()
  if (rowKeys?.found.stored && !rowKeys.found.isUncertain) memory.presence?.forgetAbsent()
  const remembered = await memory.toCommit({ file: `${name}-memory.bin`, to: reachedTo, isForgotten })
  const ties = await ownMemory?.toCommit({ file: `${name}-ties.bin`, to: ownTo, isForgotten: null })
  await state.write({
    type: 'committed',
    at: state.storeClock.now(),
    work,
    advance: { cursor, finished, ties: ties ?? noMemory },
    counting,
    ...(plan ? { entries: staged.map(toPlanned), plan } : { entries: staged }),
    identity: destination.identity,
    partitioning: destination.partition.fingerprint,
    marks: marks.moved(),
    memory: remembered,
    ...(rowKeys ? { rowKeys: rowKeys.found.stored } : {}),
    notes,
    rejects: stored,
    counters: {
      ...tally.counts,
      rejects: rejects.byReason,
      rows: batches.rows,
      deletions: rowKeys?.found.deleted ?? 0,
      batches: staged.length,
    },
    waived,
  })
  return notes
}

/** `plan` is null where nothing speaks against sending the commit at once. `notes` are for the report: a plan has its own. */
async function planOf(
  context: CommitContext,
  options: CommitOptions,
  { batches, newKeys, rowKeys }: CommitParts,
  entries: readonly EntryIn<'staged'>[],
): Promise<{ readonly plan: Plan | null; readonly notes: readonly string[] }> {
  const { job, destination, state } = context
  const summary: CommitSummary = {
    ...{ rows: batches.rows, batches: entries.length },
    newKeys: { count: newKeys.count, sample: newKeys.sample },
    span: spanOf(entries),
  }
  const found = rowKeys?.found ?? null
  const review = await reviewCommit(context, { ...options, found }, summary, options.signal)
  const notes = found ? rowKeyNotes(found) : []
  if (review.reasons.length === 0) return { plan: null, notes: [...review.notes, ...notes] }
  const { document, run, storeClock } = state
  const plan = makePlan({
    ...{ job: job.name, run, commit: document.commits + 1, storeNow: storeClock.now() },
    ...{ entries, summary, review, sample: batches.sample },
    ...{ identity: destination.identity, memoryBefore: document.memory },
    rowKeysBefore: document.rowKeys,
  })
  return { plan, notes }
}

function toPlanned(entry: EntryIn<'staged'>): EntryIn<'planned'> {
  return { ...entry, state: 'planned' }
}

/** Records that were decided for the first time and not rejected. */
function newRecords({ counts }: Tally): number {
  return counts.taken + counts.filtered + counts.duplicates
}
