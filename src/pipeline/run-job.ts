import { toJobError } from '../errors'
import { closeRun, reportSkipped } from './close-run'
import { assertSameDestination } from './definition'
import { deliver } from './deliver'
import { startExtraction } from './staging/extraction'
import { openRun } from './open-run'
import { failed, judge } from './outcome'
import { acceptRequest } from './requests/request'
import { stage } from './stage'
import { sweep } from './sweep'
import type { RunReport } from '../state/run-report'
import type { Outcome } from './outcome'
import type { RunContext, RunDependencies } from './run-context'

/**
 * One run of a job:
 * lease → recover outbox → source pages → records → rows → batches → outbox → destination → receipt → report.
 * Whatever ends it, the next run carries on from the last committed state.
 * @throws JobError where the job's state cannot be opened
 */
export async function runJob(dependencies: RunDependencies): Promise<RunReport> {
  const context = await openRun(dependencies)
  if ('skipped' in context) return reportSkipped(dependencies, context.skipped)

  const outcome = await work(context).catch((error: unknown) => failed(toJobError(error)))
  const report = await closeRun(context, outcome)

  if (outcome.moreToDo) await dependencies.continueLater()
  return report
}

/** Extraction and delivery go side by side; a batch is delivered once its commit is durable. */
async function work(context: RunContext): Promise<Outcome> {
  assertSameDestination(context)
  const notes = await acceptRequest(context)
  await sweep(context)
  const extraction = startExtraction((control) => stage(context, control), context.signal)
  const delivered = await deliver(context, extraction)

  const finishesItsPage = delivered.kind === 'deadline' && extraction.status() === 'working'
  if (!finishesItsPage) await extraction.stop()
  return { ...judge(await extraction.end, delivered, context.state.document), notes }
}
