import type { RunReport } from '../../state/run-report'

/** Rows of the runs that ended on one day in UTC. */
export interface DayRows {
  /** Such as `2026-11-21`. */
  readonly day: string
  readonly rows: number
}

const dayMs = 24 * 60 * 60_000
/** The newest days; a job that runs once a month would fill years with empty ones. */
const shownDays = 31

/**
 * Rows per day, from the first to the last day of the reports that are kept. Reports follow each other without a gap, so
 * that a day between two of them had no rows; the first day may have had more runs than are kept.
 * @param reports oldest first
 */
export function rowsByDay(reports: readonly Pick<RunReport, 'rows' | 'endedAt'>[]): readonly DayRows[] {
  const rows = new Map<string, number>()
  for (const report of reports) {
    const day = report.endedAt.slice(0, 10)
    rows.set(day, (rows.get(day) ?? 0) + report.rows)
  }
  const [first, last] = [[...rows.keys()][0], [...rows.keys()].at(-1)].map((day) => Date.parse(day ?? ''))
  if (first === undefined || last === undefined || !(first <= last)) return []
  const days: DayRows[] = []
  for (let ms = Math.max(first, last - (shownDays - 1) * dayMs); ms <= last; ms += dayMs) {
    const day = new Date(ms).toISOString().slice(0, 10)
    days.push({ day, rows: rows.get(day) ?? 0 })
  }
  return days
}
