import { openDocumentFile } from '../state/document-file'
import { newDocument } from '../state/state-document'
import { createStoreClock } from '../state/store-clock'
import { trackCursor } from './staging/cursor-tracker'
import { createIntake } from './staging/record-intake'
import { reach } from './staging/extract'
import { nextWork } from './work'
import type { RunDependencies } from './run-context'

const sampleSize = 5

/**
 * What the next run would extract first, mapped and checked as it would be. Takes no lease, writes nothing and sends
 * nothing.
 * @throws JobError of the source
 */
export async function dryRun(dependencies: RunDependencies): Promise<object> {
  const { job, source, destination, store, clock, settings, deadline } = dependencies
  const storeClock = createStoreClock(clock)
  const file = openDocumentFile({ job: job.name, store, clock, storeClock, patienceMs: settings.leaseTtlMs })
  const document = (await file.read())?.document ?? newDocument(job.name)
  const work = nextWork(job, document, storeClock.now())
  const counts = { records: 0, rows: 0, rejects: 0, filtered: 0 }
  const lines: string[] = []
  const rejects: object[] = []
  if (!work) return { job: job.name, outcome: 'skipped', reason: 'nothing-due' }

  const tracker = job.position ? trackCursor(work.cursor, job.source.version, false) : null
  const intake = createIntake(job, destination, { tracker, ledger: null, until: work.until, lane: work.lane })
  const { signal } = new AbortController()
  for await (const page of source.read({ ...reach(work, null), signal })) {
    for (const raw of page.records) {
      const taken = intake(raw)
      if (taken.kind === 'repeated' || taken.kind === 'beyond') continue
      counts.records += 1
      if (taken.kind === 'filtered') counts.filtered += 1
      if (taken.kind === 'rows') {
        counts.rows += taken.rows.length
        if (lines.length < sampleSize) lines.push(...taken.rows.map(({ line }) => line))
      }
      if (taken.kind === 'reject') {
        counts.rejects += 1
        if (rejects.length < sampleSize) rejects.push(taken.reject)
      }
    }
    if (!deadline.fits(settings.sendTimeoutMs + settings.reserveMs)) break
  }
  return {
    job: job.name,
    outcome: 'succeeded',
    reason: 'dry-run',
    notes: ['Nothing was written and nothing was sent.'],
    work: work.name,
    ...counts,
    sample: { header: destination.header, rows: lines.slice(0, sampleSize), rejects },
  }
}
