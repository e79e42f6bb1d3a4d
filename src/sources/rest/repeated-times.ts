import { tzOffset } from '@date-fns/tz'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Instants whose local times are shown twice: once from `from` until `change`, and once from there until `to`. */
export interface RepeatedTimes {
  readonly from: number
  /** When the clocks are set back. */
  readonly change: number
  readonly to: number
}

/** The repeated times, in ms since the epoch, that an instant belongs to; null where its local time is shown once. */
export function repeatedTimes(ms: number, timeZone: string): RepeatedTimes | null {
  const offset = (at: number) => tzOffset(timeZone, new Date(at)) * minuteMs
  const [before, after] = [offset(ms - dayMs), offset(ms + dayMs)]
  const shift = before - after
  if (shift <= 0) return null
  const first = offset(ms) === before ? ms : ms - shift
  if (offset(first) !== before || offset(first + shift) !== after) return null
  // Bisection: the clocks change in between.
  let [early, late] = [first, first + shift]
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (offset(middle) === before) early = middle
    else late = middle
  }
  return { from: late - shift, change: late, to: late + shift }
}
