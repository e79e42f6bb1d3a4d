import { dueWork } from '../pipeline/work'
import { isLeaseHeld } from '../state/job-document'
import { waitingPlan } from '../state/plan'
import { scheduleStart, sliceFrom } from '../pipeline/slices'
import type { Job } from '../definition/job'
import type { StateDocument } from '../state/state-document'
import type { FileVersion } from '../state/versioned-file'

/** Periods of an alarm without a run after which it counts as silent: one may be missed, and one may come late. */
const missedPeriods = 3

export interface Watched {
  readonly sync: Job['sync']
  readonly semantics: Job['destination']['semantics']
  /** Null where nothing declares it: then nothing can be said about silence. */
  readonly everyMinutes: number | null
  /** When the watchdog first looked, ms on the store's clock: an earlier silence is unknown. */
  readonly since: number
  readonly leaseTtlMs: number
}

/**
 * Since when no run has begun although work is due, where that is longer than {@link missedPeriods}; null otherwise. A
 * tick without work writes nothing, so silence shows only in work that no run takes up.
 * @param found null where the job has no document yet
 * @param storeNow ms since the epoch on the store's clock
 */
export function silentSince(
  found: FileVersion<StateDocument> | null,
  document: StateDocument,
  { sync, semantics, everyMinutes, since, leaseTtlMs }: Watched,
  storeNow: number,
): number | null {
  if (everyMinutes === null || (found && isLeaseHeld(found, storeNow, leaseTtlMs))) return null
  const due = dueSince(document, { sync, semantics }, storeNow)
  if (due === null) return null
  const from = Math.max(since, due, lastSign(document))
  return storeNow - from > missedPeriods * everyMinutes * 60_000 ? from : null
}

/** When a run last began or ended; -Infinity where none did. */
export function lastSign({ lease, reports }: Pick<StateDocument, 'lease' | 'reports'>): number {
  const last = reports.at(-1)
  return Math.max(lease?.takenAt ?? -Infinity, last ? Date.parse(last.endedAt) : -Infinity)
}

/** Since when the next tick would take the lease: -Infinity for work without a beginning, null where it would not. */
function dueSince(
  document: StateDocument,
  { sync, semantics }: Pick<Watched, 'sync' | 'semantics'>,
  storeNow: number,
): number | null {
  const { outbox, backfills, watermark } = document
  if (outbox.some(({ state }) => state !== 'accepted' && state !== 'planned')) return -Infinity
  if (waitingPlan(document) || (semantics === 'upsert' && outbox.length > 0)) return null
  if (sync.faults.length > 0 || dueWork({ sync }, document, storeNow).length === 0) return null
  if (sync.mode !== 'sliced' || backfills.length > 0) return -Infinity
  return sliceFrom(watermark ?? scheduleStart(sync), sync).to + sync.lagMs
}
