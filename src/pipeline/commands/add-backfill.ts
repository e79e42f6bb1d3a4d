import { refused } from './acceptance'
import { asideName } from './aside-name'
import { cursorRange } from './cursor-range'
import { sliceRange } from './slice-range'
import type { Job } from '../../definition/job'
import type { StateDocument } from '../../state/state-document'
import type { Command } from '../run-context'
import type { Acceptance } from './acceptance'
import type { BackfillRange } from './backfill-range'

/**
 * A range that is read beside the ordinary work. A range that commits have covered is read again only with `force`, and
 * never while batches are on their way, because they may still be in doubt.
 */
export function addBackfill(
  { sync }: Pick<Job, 'sync'>,
  document: StateDocument,
  { force, from, to }: Pick<Command, 'force' | 'from' | 'to'>,
  storeNow: number,
): Acceptance {
  if (sync.mode === 'full-refresh') {
    throw refused(
      'A full refresh reads everything at each run and sends what is new, so there is no range to read again.',
      'Leave out force, from and to. To send everything again, give the job a new name.',
    )
  }
  const range =
    sync.mode === 'sliced'
      ? sliceRange(sync, document, { from, to })
      : cursorRange(sync, document, { from, to })
  assertFree(document, range)
  if (range.done !== null) assertForced(document, range, force)

  const generation = force ? document.generation + 1 : document.generation
  const name = asideName('backfill', storeNow, document)
  const again = range.done === null ? '' : ` What was sent of ${range.done} is sent again and counts twice.`
  return {
    note: `${range.label} is read as ${name}.${again}`,
    effect: { kind: 'backfill', backfill: range.toBackfill({ kind: 'backfill', name, generation, force }) },
  }
}

/** @throws JobError `params-invalid` */
function assertFree({ backfills }: StateDocument, range: BackfillRange): void {
  const queued = backfills.find((other) => other.kind === 'backfill' && range.overlaps(other))
  if (!queued) return
  throw refused(
    `${range.label} overlaps ${queued.name}, which is not finished yet.`,
    `Wait for it, or end it with resolve=${queued.name} as=drop.`,
  )
}

/** @throws JobError `params-invalid` */
function assertForced({ outbox }: StateDocument, { label, done }: BackfillRange, force: boolean): void {
  if (!force) {
    throw refused(
      `${label} was read before: ${String(done)}.`,
      'Its rows would be sent again and count twice. If that is what you want, add force=true.',
    )
  }
  const pending = outbox.filter(({ state }) => state !== 'confirmed').length
  if (pending > 0) {
    throw refused(
      `${pending} batches are still on their way; nothing is sent again before they have arrived.`,
      'Wait for a run with pending = 0, and resolve what is held.',
    )
  }
}
