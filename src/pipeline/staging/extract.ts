import { trackCursor } from './cursor-tracker'
import { roomInOutbox } from './outbox-room'
import { createIntake } from './record-intake'
import { rejectedPages } from './replay'
import { openUnit } from './staging-unit'
import type { ExtractionControl } from './extraction'
import type { RunContext } from '../run-context'
import type { StagingUnit } from './staging-unit'
import type { SeenLedger } from './seen/seen-ledger'
import type { Work } from '../work'
import type { ReadRequest } from '../../sources/source'

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
  ledger: SeenLedger | null,
): Promise<ExtractEnd> {
  const { job, source, destination, state, settings, deadline, files } = context
  const tracker =
    job.position && !work.rejects ? trackCursor(work.cursor, job.source.version, ledger !== null) : null
  const intake = createIntake(job, destination, { tracker, ledger, until: work.until, lane: work.lane })
  const cursor = () => tracker?.cursor() ?? null
  const from = startOf(work)
  const seenFrom = from !== null && job.lookback ? job.lookback(from) : null

  function nextUnit(): StagingUnit {
    return openUnit(context, {
      name: tracker || work.openEnded ? `${work.name}-${state.document.commits + 1}` : work.name,
      generation: work.generation,
      lane: work.lane,
      ledger,
      seenFrom,
      seenTo: () => work.range?.to ?? cursor()?.position ?? '',
    })
  }

  const pages = work.rejects
    ? rejectedPages(files, work.rejects)
    : source.read({ ...reach(work, seenFrom), signal: control.signal })
  let unit = nextUnit()
  try {
    for await (const page of pages) {
      let beyond = false
      for (const raw of page.records) {
        const taken = intake(raw)
        unit.take(raw, taken)
        if (taken.kind === 'beyond') beyond = true
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
  } finally {
    await unit.dispose()
  }
}

/** Where new records begin; null where everything is read. */
function startOf({ cursor, range }: Work): string | null {
  if (cursor) return cursor.position === '' ? null : cursor.position
  return range?.from ?? null
}

/** What to ask the source for, a lookback included. */
export function reach(
  { cursor, range }: Work,
  seenFrom: string | null,
): Pick<ReadRequest, 'since' | 'range'> {
  if (cursor) return { since: cursor.position === '' ? null : (seenFrom ?? cursor.position), range }
  return { since: null, range: range && { from: seenFrom ?? range.from, to: range.to } }
}
