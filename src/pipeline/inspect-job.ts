import { openDocumentFile } from '../state/document-file'
import { createStoreClock } from '../state/store-clock'
import { explainHold } from './holds'
import { scheduleStart, sliceFrom, sliceName } from './slices'
import type { Job } from '../jobs/job'
import type { StateDocument } from '../state/state-document'
import type { RunDependencies } from './run-context'

/** Reads a job's state for a person. Takes no lease and changes nothing. */
export async function inspectJob({ job, store, clock, settings }: RunDependencies): Promise<object> {
  const storeClock = createStoreClock(clock)
  const file = openDocumentFile({ job: job.name, store, clock, storeClock, patienceMs: settings.leaseTtlMs })
  const found = await file.read()
  if (!found) return { job: job.name, state: 'This job has not run yet.' }
  const { document, modifiedAt } = found
  return {
    job: job.name,
    lease: document.lease
      ? {
          ...document.lease,
          free: storeClock.now() - modifiedAt > settings.leaseTtlMs,
          renewedAt: iso(modifiedAt),
        }
      : null,
    ...progressOf(job, document),
    lanes: document.lanes,
    groups: Object.fromEntries(
      Object.entries(document.groups).map(([name, { mark, restUntil, confirmedAt }]) => [
        name,
        {
          newestRow: mark === null ? null : iso(mark * 1000),
          restUntil: iso(restUntil),
          confirmedAt: confirmedAt && iso(confirmedAt),
        },
      ]),
    ),
    outbox: document.outbox.map(({ key, group, unit, rows, state }) => ({
      batch: key,
      group,
      unit,
      rows,
      state,
    })),
    held: document.outbox.flatMap((entry) => (entry.hold ? [explainHold(entry, entry.hold)] : [])),
    rejects: document.rejects.map(({ unit, count, at }) => ({ unit, count, at: iso(at) })),
    reports: document.reports,
  }
}

/** Where the job stands, and which slice is next. */
function progressOf(job: Job, document: StateDocument): object {
  if (!job.schedule) return { position: document.cursor?.position ?? null }
  const watermark = document.watermark ?? scheduleStart(job.schedule)
  return {
    doneUntil: iso(watermark),
    next: sliceName(sliceFrom(watermark, job.schedule)),
    position: document.cursor?.position ?? null,
    skipped: document.skipped.map(({ from, to, at }) => ({ from: iso(from), to: iso(to), at: iso(at) })),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
