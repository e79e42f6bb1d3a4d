import { openDocumentFile } from '../state/document-file'
import { takeLease } from '../state/job-state'
import { createStoreClock } from '../state/store-clock'
import { openRunFiles } from './run-files'
import { nextWork } from './work'
import type { StateDocument } from '../state/state-document'
import type { RunContext, RunDependencies } from './run-context'

/** Why there is nothing for this run to do. */
export interface NoRun {
  readonly skipped: 'lease-held' | 'nothing-due'
}

/**
 * Takes the job's lease and gathers what the stages work with, unless another run holds it or nothing is due.
 * @throws JobError `state-missing`, `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function openRun(dependencies: RunDependencies): Promise<RunContext | NoRun> {
  const { job, store, settings, clock, log, activation, newId } = dependencies
  const storeClock = createStoreClock(clock)
  const patienceMs = settings.leaseTtlMs
  const run = newId()
  const state = await takeLease({
    job: job.name,
    run,
    owner: `${activation} ${run}`,
    store,
    file: openDocumentFile({ job: job.name, store, clock, storeClock, patienceMs }),
    clock,
    storeClock,
    isIdle: (document) => isIdle(dependencies, document, storeClock.now()),
    leaseTtlMs: settings.leaseTtlMs,
    heartbeatMs: settings.heartbeatMs,
    newId,
    log,
  })
  if (typeof state === 'string') return { skipped: state }
  const files = openRunFiles({ job: job.name, run, store, clock, patienceMs, signal: state.signal })
  return { ...dependencies, state, files, signal: state.signal, startedAt: storeClock.now() }
}

/** True where the document alone tells that there is nothing to do: an idle tick costs one read. */
function isIdle({ job, request }: RunDependencies, document: StateDocument, storeNow: number): boolean {
  const asked = request.force || request.from !== undefined || request.resolve !== undefined
  return !asked && document.outbox.length === 0 && nextWork(job, document, storeNow) === null
}
