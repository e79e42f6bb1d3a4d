import { JobError } from '../errors'
import { regroup, regroupingWaitMs } from './definition'
import { extract } from './staging/extract'
import { roomInOutbox } from './staging/outbox-room'
import { loadLedger } from './staging/seen/seen-ledger'
import { nextWork } from './work'
import type { Job } from '../jobs/job'
import type { ExtractionControl } from './staging/extraction'
import type { RunContext } from './run-context'

/**
 * Why extraction ended: nothing more is due, no time left, as many slices as one run may take,
 * a held batch in the way, or visitors that moved to other groups whose old files must settle first.
 */
export type StageEnd = 'exhausted' | 'deadline' | 'capped' | 'held' | 'regrouping'

/**
 * Works off what is due, oldest first. What fails stays due and blocks what comes after it.
 * @throws JobError of the source, `too-many-rejects`, `slice-too-large`, `source-order`, `definition-changed`
 */
export async function stage(context: RunContext, control: ExtractionControl): Promise<StageEnd> {
  const { job, destination, state, files, deadline, settings } = context
  const movedGroups = state.document.grouping !== null && state.document.grouping !== destination.grouping
  if (movedGroups) {
    if (regroupingWaitMs(context) > 0) return 'regrouping'
    await state.write(regroup(context))
  }
  const slicesPerRun = job.schedule?.slicesPerRun ?? Infinity
  const ledger = rereads(job) ? await loadLedger(files, state.document.seen) : null
  for (let done = 0; ; done += 1) {
    if (!(await roomInOutbox(context, control))) return 'held'
    const work = nextWork(job, state.document, state.storeClock.now())
    if (!work) return 'exhausted'
    if (done >= slicesPerRun) return 'capped'
    if (!deadline.fits(settings.sendTimeoutMs + settings.reserveMs)) return 'deadline'
    assertCursorFits(context, work.cursor?.sourceVersion)

    const end = await extract(context, control, work, ledger)
    if (end !== 'finished') return end
    if (work.openEnded) return 'exhausted'
  }
}

function assertCursorFits({ job }: RunContext, version: number | undefined): void {
  if (version === undefined || version === job.source.version) return
  throw new JobError(
    'definition-changed',
    `The source of the job "${job.name}" is version ${job.source.version}; its open cursor was written by version ${version}.`,
    'Put the old version back, or start a new job under another name from where this one stopped.',
    { details: { job: job.name } },
  )
}

/** True where records come again by design: a lookback window, or a source that is read whole each time. */
function rereads({ lookback, position, schedule }: Job): boolean {
  return lookback !== undefined || (!position && !schedule)
}
