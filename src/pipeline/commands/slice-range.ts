import { parseInstant } from '../../instant'
import { scheduleStart, sliceFrom } from '../slices'
import { refused } from './acceptance'
import type { Sliced } from '../../definition/sync'
import type { StateDocument } from '../../state/state-document'
import type { Slice } from '../../state/work'
import type { Command } from '../run-context'
import type { BackfillRange } from './backfill-range'

/**
 * The range of a sliced job's backfill. Dates are midnight in the job's own zone, as its start is. `force` alone means
 * the slice that was done last.
 * @throws JobError `params-invalid`
 */
export function sliceRange(
  sync: Sliced,
  document: Pick<StateDocument, 'watermark' | 'done'>,
  { from, to }: Pick<Command, 'from' | 'to'>,
): BackfillRange {
  const slice =
    from === undefined && to === undefined
      ? lastDone(sync, document)
      : { from: readInstant('from', from, sync), to: readInstant('to', to, sync) }
  if (slice.from >= slice.to) {
    throw refused(
      '`from` is not before `to`.',
      'The range is half-open: from=2026-01-01 to=2026-01-02 is one day.',
    )
  }
  const reached = document.watermark ?? scheduleStart(sync)
  if (slice.to > reached) {
    throw refused(
      `The range ends after ${iso(reached)}, where the schedule goes on by itself.`,
      `End it there at the latest: to=${iso(reached)}.`,
    )
  }
  const done = document.done
    .filter((range) => overlap(range, slice))
    .map((range) => labelOf(within(range, slice)))
  return {
    label: labelOf(slice),
    done: done.length > 0 ? done.join(', ') : null,
    overlaps: (other) => other.mode === 'sliced' && overlap(other, slice),
    toBackfill: (common) => ({ ...common, mode: 'sliced', ...slice, doneTo: null }),
  }
}

function readInstant(name: 'from' | 'to', text: string | undefined, { timeZone }: Sliced): number {
  const ms = text === undefined ? null : parseInstant(text, timeZone)
  if (ms !== null) return ms
  throw refused(
    text === undefined ? `\`${name}\` is missing.` : `\`${name}\` is neither a date nor an instant: ${text}.`,
    `Give both: from=2026-01-01 to=2026-01-02 (midnight in ${timeZone}), or instants like 2026-01-01T00:00:00Z.`,
  )
}

/** Cut by the job's grid: where its period was changed, the last piece of it. */
function lastDone(sync: Sliced, { done }: Pick<StateDocument, 'done'>): Slice {
  const newest = done.at(-1)
  if (!newest) throw refused('No slice is done yet, so there is nothing to force.', 'Run without force.')
  let slice = { ...newest }
  for (let next = sliceFrom(slice.from, sync); next.to < newest.to; next = sliceFrom(next.to, sync)) {
    slice = { from: next.to, to: newest.to }
  }
  return slice
}

function overlap(a: Slice, b: Slice): boolean {
  return a.from < b.to && b.from < a.to
}

function within(range: Slice, bounds: Slice): Slice {
  return { from: Math.max(range.from, bounds.from), to: Math.min(range.to, bounds.to) }
}

function labelOf({ from, to }: Slice): string {
  return `${iso(from)} – ${iso(to)}`
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
