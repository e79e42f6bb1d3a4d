import { trackCursor } from './cursor-tracker'
import { roomInOutbox } from './outbox-room'
import { createIntake } from './record-intake'
import { rejectedPages } from './replay'
import { openUnit } from './staging-unit'
import type { ExtractionControl } from './extraction'
import type { RunContext } from './run-context'
import type { StagingUnit } from './staging-unit'
import type { Work } from './work'

/** How reading one piece of work ended. */
export type ExtractEnd = 'finished' | 'deadline' | 'held'

/**
 * Pages → records → rows + rejects → batches → commit.
 * A source with positions commits at a page end as soon as a batch is full; any other commits its work whole.
 */
export async function extract(
  context: RunContext,
  control: ExtractionControl,
  work: Work,
): Promise<ExtractEnd> {
  const { job, source, destination, state, files, settings, deadline } = context
  const tracker = job.position && !work.rejects ? trackCursor(work.cursor, job.source.version) : null
  const intake = createIntake(job, destination, { tracker, until: work.until })
  const cursor = () => tracker?.cursor() ?? null

  function nextUnit(): StagingUnit {
    const name = tracker ? `${work.name}-${state.document.commits + 1}` : work.name
    return openUnit(context, { name, generation: work.generation, lane: work.lane })
  }

  let unit = nextUnit()
  const since = work.cursor && work.cursor.position !== '' ? work.cursor.position : null
  const pages = work.rejects
    ? rejectedPages(files, work.rejects)
    : source.read({ since, range: work.range, signal: control.signal })
  for await (const page of pages) {
    let beyond = false
    for (const raw of page.records) {
      const taken = intake(raw)
      if (taken.kind === 'rows') unit.take(raw, taken.rows)
      else if (taken.kind === 'reject') unit.reject(raw, taken.reject)
      else if (taken.kind === 'filtered') unit.filter()
      else if (taken.kind === 'beyond') beyond = true
    }
    await unit.settle()
    control.signal.throwIfAborted()
    if (beyond) break

    const inTime = deadline.fits(settings.sendTimeoutMs + settings.reserveMs)
    if (tracker && unit.records > 0 && (!inTime || unit.isFull(page.records.length))) {
      await unit.commit(work.progress(cursor()))
      if (!(await roomInOutbox(context, control))) return 'held'
      unit = nextUnit()
    }
    if (!inTime) return 'deadline'
  }
  if (unit.records > 0 || !work.openEnded) await unit.commit(work.finish(cursor()))
  return 'finished'
}
