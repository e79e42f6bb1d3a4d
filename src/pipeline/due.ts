import { isLeaseHeld, openJobDocument } from '../state/job-document'
import { createStoreClock } from '../state/store-clock'
import { dueWork, isOpenEnded } from './work'
import type { RunReport } from '../state/run-report'
import type { RunDependencies } from './run-context'

/** Only the source knows whether a job without slices has more, so a success within this time counts as done. */
const youngMs = 15 * 60_000

/** The answer to a person instead of a new run. */
export interface NothingToDo {
  readonly job: string
  readonly outcome: 'skipped'
  readonly reason: 'nothing-due' | 'lease-held'
  readonly lastRun: RunReport | null
}

/**
 * Tells why a job needs no run: the work that was due has succeeded, or a run is in progress. Null where the job has
 * never run, its last run did not succeed, a batch is pending, or more work is due.
 * @throws JobError `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function nothingToDo({
  job,
  store,
  clock,
  settings,
}: Pick<RunDependencies, 'job' | 'store' | 'clock' | 'settings'>): Promise<NothingToDo | null> {
  const storeClock = createStoreClock(clock)
  const { leaseTtlMs } = settings
  const file = openJobDocument({ job: job.name, store, clock, storeClock, patienceMs: leaseTtlMs })
  const found = await file.read()
  if (!found) return null
  const { content: document } = found
  const storeNow = storeClock.now()
  const lastRun = document.reports.at(-1) ?? null
  const skipped = { job: job.name, outcome: 'skipped', lastRun } as const
  if (isLeaseHeld(found, storeNow, leaseTtlMs)) return { ...skipped, reason: 'lease-held' }
  if (document.lease || document.outbox.length > 0 || lastRun?.outcome !== 'succeeded') return null
  const isYoung = storeNow - Date.parse(lastRun.endedAt) < youngMs
  const isDone = dueWork(job, document, storeNow).every((work) => isOpenEnded(work) && isYoung)
  return isDone ? { ...skipped, reason: 'nothing-due' } : null
}
