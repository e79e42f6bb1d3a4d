import { scheduleStart, sliceFrom } from '../slices'
import { refused } from './acceptance'
import type { Job } from '../../jobs/job'
import type { Schedule } from '../../jobs/schedule'
import type { StateDocument } from '../../state/state-document'
import type { RunContext } from '../run-context'
import type { Slice } from '../slices'
import type { Acceptance } from './acceptance'

/** Puts a range beside the schedule. What was sent before is sent again only by force. */
export function addLane({ job, state, request }: RunContext): Acceptance {
  const { document } = state
  const { from, to, force } = request
  const range = job.schedule ? sliceRange(job, document, from, to) : positionRange(document, from, to)
  if (range.alreadySent && !force) {
    throw refused(
      `Rows of ${range.label} were already sent.`,
      'Analytics would count them twice. If that is what you want, add force=true.',
    )
  }
  if (range.alreadySent && document.outbox.some((entry) => entry.state !== 'confirmed')) {
    throw refused(
      'Batches are still on their way; nothing can be sent again before they have arrived.',
      'Wait for a run with pending = 0.',
    )
  }
  const generation = range.alreadySent ? document.generation + 1 : document.generation
  const name = `lane-${document.commits + 1}-${document.lanes.length + 1}`
  const again = range.alreadySent ? ' Its rows are sent again and count twice.' : ''
  return {
    note: `${range.label} is worked off as ${name}.${again}`,
    change: (before) => ({
      ...before,
      generation,
      lanes: [
        ...before.lanes,
        { name, kind: 'range', from: range.from, to: range.to, doneTo: null, cursor: null, generation },
      ],
      sent:
        typeof range.from === 'number' && typeof range.to === 'number'
          ? [...before.sent, { from: range.from, to: range.to }]
          : before.sent,
    }),
  }
}

interface LaneRange {
  readonly from: number | string
  readonly to: number | string
  readonly alreadySent: boolean
  readonly label: string
}

/** `force` alone means the slice done last. */
function sliceRange(job: Job, document: StateDocument, from?: string, to?: string): LaneRange {
  const schedule = job.schedule
  if (!schedule) throw refused('This job has no schedule.', 'Leave out from and to.')
  const start = scheduleStart(schedule)
  const watermark = document.watermark ?? start
  let range = { from: Date.parse(from ?? ''), to: Date.parse(to ?? '') }
  if (from === undefined && to === undefined) {
    const last = lastSliceBefore(watermark, start, schedule)
    if (!last) throw refused('No slice is done yet, so there is nothing to force.', 'Run without force.')
    range = last
  }
  if (!(range.from < range.to)) {
    throw refused(
      '`from` and `to` must be instants, the first before the second.',
      'Example: from=2026-01-01T00:00:00Z to=2026-01-02T00:00:00Z',
    )
  }
  if (range.to > watermark && range.to > start) {
    throw refused(
      `The range ends after ${new Date(Math.max(watermark, start)).toISOString()}, where the schedule goes on by itself.`,
      'End the range there at the latest, or the same rows would be sent twice.',
    )
  }
  const overlaps = (other: { from: number; to: number }) => range.from < other.to && other.from < range.to
  const alreadySent = overlaps({ from: start, to: watermark }) || document.sent.some(overlaps)
  const label = `${new Date(range.from).toISOString()} – ${new Date(range.to).toISOString()}`
  return { ...range, alreadySent, label }
}

function lastSliceBefore(watermark: number, start: number, schedule: Schedule): Slice | null {
  let last: Slice | null = null
  for (let slice = sliceFrom(start, schedule); slice.to <= watermark; slice = sliceFrom(slice.to, schedule)) {
    last = slice
  }
  return last
}

function positionRange(document: StateDocument, from?: string, to?: string): LaneRange {
  if (from === undefined || to === undefined || from >= to) {
    throw refused(
      'A job without a schedule needs both `from` and `to`, as positions in the notation of its source.',
      'Give both, the first before the second.',
    )
  }
  const reached = document.cursor?.position ?? ''
  if (to > reached) {
    throw refused(
      `The range ends after ${reached === '' ? 'the beginning' : reached}, where the job goes on by itself.`,
      'End the range there at the latest, or the same rows would be sent twice.',
    )
  }
  return { from, to, alreadySent: true, label: `${from} – ${to}` }
}
