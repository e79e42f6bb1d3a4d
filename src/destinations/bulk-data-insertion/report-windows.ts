import type { ConfirmedBatch } from '../destination'

/** Batches whose rows lie in one range of time, so that one report covers all of them. */
export interface ReportWindow {
  /** Half-open, ms since the epoch. */
  readonly from: number
  readonly to: number
  readonly batches: readonly ConfirmedBatch[]
}

/** A report's range is in the suite's own time zone: no zone is further from UTC than this. */
const zoneMs = 14 * 3_600_000
/** Longer reports take Adobe long to compute. */
const longestMs = 31 * 86_400_000

/** As few windows as their length allows, oldest first. A batch whose rows have no known time is in none. */
export function windowsOf(batches: readonly ConfirmedBatch[]): ReportWindow[] {
  const windows: ReportWindow[] = []
  const single = batches
    .flatMap((batch) => (batch.span ? [windowOf(batch, batch.span)] : []))
    .sort((a, b) => a.from - b.from)
  for (const window of single) {
    const last = windows.at(-1)
    const to = Math.max(window.to, last?.to ?? 0)
    if (last && window.from <= last.to && to - last.from <= longestMs)
      windows.splice(-1, 1, { from: last.from, to, batches: [...last.batches, ...window.batches] })
    else windows.push(window)
  }
  return windows
}

function windowOf(batch: ConfirmedBatch, { first, last }: { first: number; last: number }): ReportWindow {
  return { from: first * 1000 - zoneMs, to: (last + 1) * 1000 + zoneMs, batches: [batch] }
}
