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
 * Rows per day, from the first to the last day on which a run ended. Days between two of them had no rows.
 * @param byDay rows by day, the newest last
 */
export function rowsByDay(byDay: Readonly<Record<string, number>>): readonly DayRows[] {
  const named = Object.keys(byDay)
  const [first, last] = [named[0], named.at(-1)].map((day) => Date.parse(day ?? ''))
  if (first === undefined || last === undefined || !(first <= last)) return []
  const days: DayRows[] = []
  for (let ms = Math.max(first, last - (shownDays - 1) * dayMs); ms <= last; ms += dayMs) {
    const day = new Date(ms).toISOString().slice(0, 10)
    days.push({ day, rows: byDay[day] ?? 0 })
  }
  return days
}
