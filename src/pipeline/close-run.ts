import { toJobError } from '../errors'
import { noCounters } from '../state/counters'
import { withExit } from './commands/exits'
import { driftNotes } from './drift/drift-policy'
import { failed } from './outcome'
import { expireRejects } from './retention'
import { reportOf } from './run-report'
import type { RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'
import type { Outcome } from './outcome'
import type { RunContext, RunDependencies } from './run-context'

/**
 * Stores the report and gives the lease back in one write, then invokes the job again where more can be done at once.
 * A run that has lost its lease stores nothing and reports only what it committed.
 */
export async function closeRun(context: RunContext, outcome: Outcome): Promise<RunReport> {
  const { state } = context
  if (state.signal.aborted) return unstored(context, outcome)
  const expired = expireRejects(context)
  const report = reportNow(context, { ...outcome, notes: [...(outcome.notes ?? []), ...expired] })
  try {
    await state.release({
      type: 'run-ended',
      at: state.storeClock.now(),
      report,
      progressed: outcome.outcome !== 'failed' && !outcome.moreToDo,
      exhausted: outcome.exhausted ?? false,
      reportsKept: context.settings.reportsKept,
    })
  } catch (error) {
    return unstored(context, failed(toJobError(error)))
  }
  return outcome.moreToDo ? invokeAgain(context, report) : report
}

/** A failed self-invocation becomes a note of the report, because the next tick continues the work anyway. */
async function invokeAgain(context: RunContext, report: RunReport): Promise<RunReport> {
  try {
    await context.invokeSelf()
    return report
  } catch (error) {
    const reason = context.redact(toJobError(error).message)
    const note = `The job could not invoke itself to go on at once: ${reason} The next tick carries on.`
    context.log.warn('The job could not invoke itself.', { ...factsOf(context), reason })
    return { ...report, notes: [...report.notes, note] }
  }
}

/** Without the lease nothing can be stored: the run that takes over reports from what was committed. */
function unstored(context: RunContext, outcome: Outcome): RunReport {
  const note = 'This report is not stored: the next run stores one for this run, from what it committed.'
  const report = reportNow(context, { ...outcome, notes: [...(outcome.notes ?? []), note] })
  context.log.warn('The run ended without its lease.', {
    ...factsOf(context),
    outcome: report.outcome,
    reason: report.reason,
  })
  return report
}

function reportNow(context: RunContext, outcome: Outcome): RunReport {
  const { state, destination, job, activation, startedAt, redact } = context
  const now = state.storeClock.now()
  const { error } = outcome
  const drift = context.drift.found()
  return reportOf(state.document, destination, {
    ...{ job: job.name, run: state.run, activation, startedAt, endedAt: now, redact },
    ...{ outcome: outcome.outcome, reason: outcome.reason, drift },
    notes: [...(outcome.notes ?? []), ...driftNotes(job, drift)],
    error: error && withExit(error, job, state.document, now),
  })
}

function factsOf({ job, activation, state }: RunContext): Readonly<Record<string, string>> {
  return { job: job.name, run: state.run, activation }
}

/** A run that ends before it takes the lease. */
export interface Skip {
  readonly outcome: 'skipped' | 'partial'
  /** Of a plan that waits: the code of its first reason. */
  readonly reason: string
  readonly notes: readonly string[]
}

/** The report of a run without a lease: it counts nothing, and names the batches that are pending or held. */
export function reportSkipped(
  { job, activation, clock, newId, redact, log, destination }: RunDependencies,
  { outbox, plan }: Pick<StateDocument, 'outbox' | 'plan'>,
  { outcome, reason, notes }: Skip,
): RunReport {
  const now = clock.now()
  const facts = { job: job.name, run: newId(), activation, outcome, reason }
  const report = reportOf({ counters: noCounters, outbox, plan }, destination, {
    ...{ ...facts, notes, redact, startedAt: now, endedAt: now },
  })
  log.info('run-ended', { ...facts, pending: report.pending })
  return report
}
