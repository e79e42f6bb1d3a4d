import { toJobError } from '../errors'
import { closeRun } from './close-run'
import { acceptCommand } from './commands/accept-command'
import { deliver } from './delivery/deliver'
import { startExtraction } from './extraction/extraction'
import { openRun } from './open-run'
import { deleteOrphans } from './orphans'
import { failed, judge } from './outcome'
import { stage } from './stage'
import type { RunReport } from '../state/run-report'
import type { Outcome } from './outcome'
import type { RunContext, RunDependencies } from './run-context'

/**
 * One run of a job:
 * lease → recover outbox → source pages → records → rows + rejects → batches → commit to outbox → deliver → receipt →
 * confirm → run report. However it ends, the next run carries on from the last committed state.
 * @throws JobError where the state of the job cannot be opened
 */
export async function runJob(dependencies: RunDependencies): Promise<RunReport> {
  const opened = await openRun(dependencies)
  if (opened.kind === 'skipped') return opened.report

  const outcome = await work(opened.context).catch((error: unknown) => failed(toJobError(error)))
  return closeRun(opened.context, outcome)
}

/** Extraction and delivery go side by side; a batch is delivered once its commit is durable. */
async function work(context: RunContext): Promise<Outcome> {
  const notes = await acceptCommand(context)
  await deleteOrphans(context)
  const extraction = startExtraction((control) => stage(context, control), context.signal)
  const delivered = await deliver({ ...context, job: context.job.name }, extraction)

  if (delivered.kind === 'deadline') extraction.close()
  else extraction.stop()
  return judge(await extraction.end, delivered, context, notes)
}
