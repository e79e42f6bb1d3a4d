import { openDocumentFile } from '../state/document-file'
import { createStoreClock } from '../state/store-clock'
import { nextWork } from './work'
import type { RunReport } from '../state/run-report'
import type { RunDependencies } from './run-context'

/** A job without a schedule cannot know whether its source has more: a success this young counts as done. */
const youngMs = 15 * 60_000

/** What a person is told instead of a new run. */
export interface NothingToDo {
  readonly job: string
  readonly outcome: 'skipped'
  readonly reason: 'nothing-due' | 'lease-held'
  readonly lastRun: RunReport | null
}

type Dependencies = Pick<RunDependencies, 'job' | 'store' | 'clock' | 'settings'>

/**
 * Whether a job needs no run: what was due has succeeded, or a run is at it. Null where it has never run, the last run
 * failed, something is on its way out, or more is due.
 * @throws JobError `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function nothingToDo({
  job,
  store,
  clock,
  settings,
}: Dependencies): Promise<NothingToDo | null> {
  const storeClock = createStoreClock(clock)
  const patienceMs = settings.leaseTtlMs
  const found = await openDocumentFile({ job: job.name, store, clock, storeClock, patienceMs }).read()
  if (!found) return null
  const { document, modifiedAt } = found
  const lastRun = document.reports.at(-1) ?? null
  const skipped = { job: job.name, outcome: 'skipped', lastRun } as const
  const now = storeClock.now()
  if (document.lease && now - modifiedAt <= settings.leaseTtlMs) return { ...skipped, reason: 'lease-held' }
  if (document.outbox.length > 0 || lastRun?.outcome !== 'succeeded') return null
  const done = job.schedule
    ? nextWork(job, document, now) === null
    : now - Date.parse(lastRun.endedAt) < youngMs && document.lanes.length === 0
  return done ? { ...skipped, reason: 'nothing-due' } : null
}
