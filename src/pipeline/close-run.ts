import { noCounters } from '../state/counters'
import { toJobError } from '../errors'
import { failed } from './outcome'
import { prune } from './retention'
import { reportOf, reportOfNothing } from './run-report'
import type { RunReport } from '../state/run-report'
import type { NoRun } from './open-run'
import type { Outcome } from './outcome'
import type { RunContext, RunDependencies } from './run-context'

/** Stores the report and gives the lease back in one write: the counters move into it, and no run counts them again. */
export async function closeRun(context: RunContext, outcome: Outcome): Promise<RunReport> {
  const { state, settings } = context
  const report = reportNow(context, outcome)
  if (state.signal.aborted) return report
  const succeeded = outcome.outcome === 'succeeded'
  try {
    await state.release((before) => {
      const document = prune(before, state.storeClock.now(), settings.reportsKept - 1)
      return {
        ...document,
        // What this run wrote and did not commit is the next run's to sweep.
        sweep: succeeded ? document.sweep : [...document.sweep, state.run],
        stalls: outcome.outcome === 'failed' || outcome.moreToDo ? document.stalls : 0,
        caughtUp: document.caughtUp || (succeeded && document.outbox.length === 0),
        counters: noCounters,
        reports: [...document.reports, report],
      }
    })
    return report
  } catch (error) {
    return reportNow(context, failed(toJobError(error)))
  }
}

function reportNow({ state, startedAt }: RunContext, outcome: Outcome): RunReport {
  return reportOf(state.document, { run: state.run, ...outcome, startedAt, endedAt: state.storeClock.now() })
}

/** The report of a run that found another one at work, or nothing to do. */
export function reportSkipped(
  { job, activation, clock, request }: RunDependencies,
  reason: NoRun['skipped'],
): RunReport {
  const now = clock.now()
  const asked = request.force || request.from !== undefined || request.resolve !== undefined
  const notes = asked
    ? ['The request was not taken up: another run is at work. Ask again when it has ended.']
    : []
  return reportOfNothing(job.name, {
    run: activation,
    outcome: 'skipped',
    reason,
    notes,
    startedAt: now,
    endedAt: now,
  })
}
