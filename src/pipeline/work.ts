import { isDue, scheduleStart, sliceFrom, sliceName } from './slices'
import { addCounters } from './transitions'
import type { Job } from '../jobs/job'
import type { TimeRange } from '../sources/source'
import type { Change } from '../state/job-state'
import type { Cursor, Lane, RejectSegment, StateDocument } from '../state/state-document'
import type { Slice } from './slices'

/** One thing to extract: a slice, a stretch of a lane, or what is new behind the cursor. */
export interface Work {
  /** Names its batches, towards Adobe's keys as well. */
  readonly name: string
  readonly range: TimeRange | null
  /** Without an end: it is done for now when the source has nothing more. */
  readonly openEnded: boolean
  readonly cursor: Cursor | null
  /** Positions from here on belong to later work. */
  readonly until: string | null
  readonly generation: number
  /** Rows of a lane are old by nature and never rejected for that. */
  readonly lane: boolean
  /** Read these instead of the source. */
  readonly rejects: readonly RejectSegment[] | null
  /** Moves the state behind everything taken so far, with the work still open. */
  progress(cursor: Cursor | null): Change
  /** Moves the state behind the whole work. */
  finish(cursor: Cursor | null): Change
}

/** The oldest work that is due; lanes first, because a person waits for them. Null where nothing is. */
export function nextWork(job: Job, document: StateDocument, storeNow: number): Work | null {
  const [lane] = document.lanes
  if (lane) return lane.kind === 'replay' ? replayWork(lane, document) : laneWork(job, lane)
  if (!job.schedule) return cursorWork(document)
  const from = document.watermark ?? scheduleStart(job.schedule)
  const slice = sliceFrom(from, job.schedule)
  return isDue(slice, job.schedule, storeNow) ? sliceWork(slice, document) : null
}

function cursorWork({ cursor }: StateDocument): Work {
  const move = (next: Cursor | null): Change => {
    return (document) => ({ ...document, cursor: next ?? document.cursor })
  }
  return {
    name: 'commit',
    range: null,
    openEnded: true,
    cursor,
    until: null,
    generation: 0,
    lane: false,
    rejects: null,
    progress: move,
    finish: move,
  }
}

function sliceWork(slice: Slice, { cursor }: StateDocument): Work {
  return {
    name: sliceName(slice),
    range: toRange(slice),
    openEnded: false,
    cursor,
    until: null,
    generation: 0,
    lane: false,
    rejects: null,
    progress: (next) => (document) => ({ ...document, cursor: next }),
    finish: () => (document) => ({
      ...document,
      cursor: null,
      watermark: slice.to,
      counters: addCounters(document.counters, { slices: 1 }),
    }),
  }
}

/** All rejects of this moment, in one commit that also marks them consumed. */
function replayWork(lane: Lane, { rejects }: StateDocument): Work {
  const files = new Set(rejects.map(({ file }) => file))
  return {
    name: lane.name,
    range: null,
    openEnded: false,
    cursor: null,
    until: null,
    generation: lane.generation,
    lane: true,
    rejects,
    progress: () => (document) => document,
    finish: () => (document) => ({
      ...document,
      lanes: document.lanes.filter((other) => other.name !== lane.name),
      rejects: document.rejects.filter(({ file }) => !files.has(file)),
      sweep: [...new Set([...document.sweep, ...rejects.map(({ run }) => run)])],
    }),
  }
}

function laneWork(job: Job, lane: Lane): Work {
  const replaceLane = (change: Partial<Lane>): Change => {
    return (document) => ({
      ...document,
      lanes: document.lanes.map((other) => (other.name === lane.name ? { ...other, ...change } : other)),
    })
  }
  const endLane: Change = (document) => ({
    ...document,
    lanes: document.lanes.filter((other) => other.name !== lane.name),
  })
  const common = {
    openEnded: false,
    cursor: lane.cursor,
    generation: lane.generation,
    lane: true,
    rejects: null,
    progress: (cursor: Cursor | null) => replaceLane({ cursor }),
  }

  if (!job.schedule || typeof lane.from === 'string' || typeof lane.to === 'string') {
    const from = String(lane.from)
    return {
      ...common,
      name: lane.name,
      range: null,
      cursor: lane.cursor ?? { position: from, ties: {}, sourceVersion: job.source.version },
      until: String(lane.to),
      finish: () => endLane,
    }
  }

  const { to } = lane
  const whole = sliceFrom(lane.doneTo ?? lane.from, job.schedule)
  const slice = { from: whole.from, to: Math.min(whole.to, to) }
  return {
    ...common,
    name: `${lane.name}-${sliceName(slice)}`,
    range: toRange(slice),
    until: null,
    finish: () => (document) => {
      const moved =
        slice.to >= to ? endLane(document) : replaceLane({ doneTo: slice.to, cursor: null })(document)
      return { ...moved, counters: addCounters(moved.counters, { slices: 1 }) }
    },
  }
}

function toRange({ from, to }: Slice): TimeRange {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
