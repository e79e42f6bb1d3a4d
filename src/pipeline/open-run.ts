import { openDocumentFile } from '../state/document-file'
import { takeLease } from '../state/job-state'
import { createStoreClock } from '../state/store-clock'
import { openRunFiles } from './run-files'
import type { RunContext, RunDependencies } from './run-context'

/**
 * Takes the job's lease and gathers what the stages work with; null where another run holds the lease.
 * @throws JobError `state-missing`, `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function openRun(dependencies: RunDependencies): Promise<RunContext | null> {
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
    leaseTtlMs: settings.leaseTtlMs,
    heartbeatMs: settings.heartbeatMs,
    newId,
    log,
  })
  if (!state) return null
  const files = openRunFiles({ job: job.name, run, store, clock, patienceMs, signal: state.signal })
  return { ...dependencies, state, files, signal: state.signal, startedAt: storeClock.now() }
}
