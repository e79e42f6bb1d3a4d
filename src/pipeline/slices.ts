import { tzOffset } from '@date-fns/tz'
import { JobError } from '../errors'
import { inZone, parseInstant } from '../instant'
import type { Sliced } from '../definition/sync'
import type { Slice } from '../state/work'

type Grid = Pick<Sliced, 'every' | 'timeZone' | 'start'>

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs

/**
 * The instant where a job's first slice begins.
 * @throws JobError `job-invalid` where `start` is neither a date nor an instant
 */
export function scheduleStart({ start, timeZone }: Grid): number {
  const ms = parseInstant(start, timeZone)
  if (ms !== null) return ms
  throw new JobError(
    'job-invalid',
    `The start "${start}" of the slices is neither an ISO 8601 date nor an instant.`,
    'Write it like 2026-01-31, or like 2026-01-31T06:00:00Z.',
  )
}

/**
 * The slice that begins at `from` and ends at the next cut of the job's grid: `start`, and every period before and
 * after it on the zone's own clock. A `from` between two cuts, such as a watermark from before the period was changed,
 * gives one shorter slice.
 */
export function sliceFrom(from: number, grid: Grid): Slice {
  const start = scheduleStart(grid)
  if (grid.every === 'hour') return { from, to: start + (Math.floor((from - start) / hourMs) + 1) * hourMs }
  const cut = cutsOf(grid, start)
  // Wall clocks of days with 23 and 25 hours: the estimate may be one cut off.
  let index = estimate(grid, start, from) - 1
  while (cut(index) <= from) index += 1
  return { from, to: cut(index) }
}

/** True once the slice's records have arrived at the source. @param storeNow ms since the epoch */
export function isDue(slice: Slice, { lagMs }: Pick<Sliced, 'lagMs'>, storeNow: number): boolean {
  return storeNow >= slice.to + lagMs
}

/** A name fit for files, such as `slice-20260329T220000Z`. */
export function sliceName({ from }: Slice): string {
  return `slice-${new Date(from).toISOString().replace(/[-:]|\.\d+/g, '')}`
}

/** The instant of the cut number `index`, a whole second; 0 is the start. */
function cutsOf({ every, timeZone }: Grid, start: number): (index: number) => number {
  const wall = new Date(wallClock(start, timeZone))
  if (every === 'month') return (index) => inZone(addMonths(wall, index), timeZone) ?? NaN
  const periodMs = every === 'week' ? 7 * dayMs : dayMs
  return (index) => inZone(wall.getTime() + index * periodMs, timeZone) ?? NaN
}

/** The number of a cut at or shortly before `from`. */
function estimate({ every, timeZone }: Grid, start: number, from: number): number {
  const [first, now] = [start, from].map((ms) => wallClock(ms, timeZone)) as [number, number]
  if (every !== 'month') return Math.floor((now - first) / (every === 'week' ? 7 * dayMs : dayMs))
  const monthOf = (wall: number) => new Date(wall).getUTCFullYear() * 12 + new Date(wall).getUTCMonth()
  return monthOf(now) - monthOf(first) - 1
}

/** Months have different lengths: a job that starts on the 31st cuts at the end of shorter ones. */
function addMonths(wall: Date, months: number): number {
  const target = new Date(wall)
  target.setUTCDate(1)
  target.setUTCMonth(wall.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(wall.getUTCDate(), lastDay))
  return target.getTime()
}

/**
 * The time that the zone's clocks show at an instant, as if it were UTC. By the offset before the instant: where the
 * clocks skip midnight, the day begins at 0:00 all the same.
 */
function wallClock(ms: number, timeZone: string): number {
  return ms + tzOffset(timeZone, new Date(ms - 1)) * 60_000
}
