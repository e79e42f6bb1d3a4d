import { noMemory } from '../../state/run-file'
import { createRejects } from './commit-rejects'
import { createMarks } from './marks'
import { createRowMerger } from './row-merger'
import { createStagedBatches } from './staged-batches'
import type { Counters } from '../../state/counters'
import type { CommitContext, CommitOptions, CommitReach } from './commit-options'
import type { Decision } from './decision'
import type { Taken } from './intake'
import type { RejectIndex } from './reject-index'

/** What is extracted together and becomes durable in one write: batches, rejects, memory, counters and cursor. */
export interface Commit {
  /** False where nothing was decided that the state must remember. */
  readonly hasNews: boolean
  /** True where there were new records and each of them was rejected. */
  readonly allRejected: boolean
  readonly counters: Partial<Counters>
  /** True where another page of `rowsAhead` rows should go into the next commit. */
  isFull(rowsAhead: number): boolean
  /** @param isNewest the record is at the newest cursor of the work */
  take(taken: Taken, isNewest: boolean): void
  /** Backpressure; writes what is full. Nothing of it is committed, so nothing of it can be sent. */
  settle(): Promise<void>
  /**
   * Writes what is open, then the one event that makes all of it durable.
   * @throws JobError `too-many-rejects`, `slice-too-large`
   */
  write(reach: CommitReach): Promise<void>
  /** Frees the local disk, committed or not. */
  dispose(): Promise<void>
}

export function openCommit(context: CommitContext, options: CommitOptions): Commit {
  const { job, destination, state } = context
  const { name, work, counting, aside, memory, ownMemory } = options
  const { partition } = destination
  const sorts = options.sorts || destination.semantics === 'upsert'
  const batches = createStagedBatches(context, { ...options, sorts })
  const marks = createMarks(state.document.partitions, partition, sorts)
  const merger = createRowMerger(destination.semantics)
  const rejects = createRejects(context, options)
  const counts = {
    records: 0, taken: 0, healed: 0, duplicates: 0, filtered: 0, repeated: 0, behind: 0, outOfRange: 0, late: 0,
  } // prettier-ignore
  let hasNews = false

  function remember({ record, cursor, recalled }: Taken, decision: Decision, isNewest: boolean): void {
    hasNews = true
    const sighting = { at: cursor?.at ?? null, isNewest, recalled }
    if (!aside) memory.remember(record.identity, decision, sighting)
    else {
      ownMemory?.remember(record.identity, decision, sighting)
      memory.amend(record.identity, decision, sighting.at)
    }
  }

  function takeReject(
    taken: Taken,
    verdict: Extract<Taken['verdict'], { kind: 'reject' }>,
    isNewest: boolean,
  ) {
    const { record } = taken
    const isNew = verdict.replaces === null
    if (!isNew) counts.repeated += 1
    const stored = rejects.add(record, verdict.reject, verdict.replaces)
    if (!stored && !isNew) return
    const { code } = verdict.reject
    // A record that was sent with other content stays known as sent, with that content.
    if (code !== 'changed') remember(taken, code === 'late' ? 'late' : 'rejected', isNewest)
    hasNews = true
  }

  function takeRows(taken: Taken, verdict: Extract<Taken['verdict'], { kind: 'rows' }>, isNewest: boolean) {
    const merged = merger.merge(verdict.rows)
    if (merged.kind === 'reject') {
      takeReject(taken, { kind: 'reject', reject: merged, replaces: verdict.heals }, isNewest)
      return
    }
    const lateRows = marks.countLate(merged.rows)
    if (lateRows > 0 && job.sync.late === 'reject' && !aside) {
      takeReject(taken, { kind: 'reject', reject: late, replaces: verdict.heals }, isNewest)
      return
    }
    marks.raise(merged.rows)
    counts.late += lateRows
    counts.taken += 1
    heal(verdict.heals)
    for (const row of merged.rows) batches.append(row)
    remember(taken, 'sent', isNewest)
  }

  function heal(healed: Parameters<RejectIndex['remove']>[0] | null): void {
    if (!healed) return
    rejects.close(healed)
    hasNews = true
    counts.healed += 1
  }

  return {
    get hasNews() {
      return hasNews
    },
    get allRejected() {
      return rejects.count > 0 && counts.taken + counts.filtered + counts.duplicates === 0
    },
    get counters() {
      return { ...counts, rejects: rejects.byReason }
    },
    isFull: batches.isFull,
    take(taken, isNewest) {
      const { verdict } = taken
      if (verdict.kind === 'beyond') return
      counts.records += 1
      if (verdict.kind === 'rows') takeRows(taken, verdict, isNewest)
      else if (verdict.kind === 'reject') takeReject(taken, verdict, isNewest)
      else if (verdict.kind === 'filtered') {
        counts.filtered += 1
        heal(verdict.heals)
        remember(taken, 'filtered', isNewest)
      } else if (verdict.kind === 'repeated') {
        counts.repeated += 1
        if (verdict.closes) {
          rejects.close(verdict.closes)
          hasNews = true
        }
      } else if (verdict.kind === 'duplicate') {
        counts.duplicates += 1
        // What was ignored is known from now on, so that it is not looked at again.
        remember(taken, 'sent', isNewest)
      } else if (verdict.kind === 'behind') counts.behind += 1
      else counts.outOfRange += 1
    },
    async settle() {
      await rejects.settle()
      await batches.settle()
    },
    async write({ finished, cursor, reachedTo, ownTo, isForgotten }) {
      const decided = counts.taken + counts.filtered + counts.duplicates + rejects.count
      const waived = [...options.waived, ...rejects.assertAcceptable(decided)]
      const entries = await batches.finish()
      const stored = await rejects.store()
      const remembered = await memory.toCommit({ file: `${name}-memory.bin`, to: reachedTo, isForgotten })
      const ties = await ownMemory?.toCommit({ file: `${name}-ties.bin`, to: ownTo, isForgotten: null })
      await state.write({
        type: 'committed',
        at: state.storeClock.now(),
        work,
        advance: { cursor, finished, ties: ties ?? noMemory },
        counting,
        entries,
        identity: destination.identity,
        partitioning: partition.fingerprint,
        marks: marks.moved(),
        memory: remembered,
        rejects: stored,
        counters: { ...counts, rejects: rejects.byReason, rows: batches.rows, batches: entries.length },
        waived,
      })
    },
    dispose: batches.dispose,
  }
}

const late = {
  kind: 'reject',
  code: 'late',
  path: '',
  message: 'is older than what its partition has already sent',
} as const
