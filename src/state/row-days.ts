import type { RunReport } from './run-report'
import type { StateDocument } from './state-document'

type Days = StateDocument['days']

/** About 20 bytes each in a document of at most 512 KB. */
const keptDays = 31

/**
 * Rows by the day in UTC on which their runs ended. A document of an earlier version has none: its kept reports stand
 * in for them.
 */
export function daysOf({ days, reports }: Pick<StateDocument, 'days' | 'reports'>): Days {
  return Object.keys(days).length > 0 ? days : reports.reduce(withRowsOf, {})
}

/** Adds the rows of a report that is stored in the same write, so that a crash neither loses nor doubles them. */
export function withRowsOf(days: Days, { endedAt, rows }: Pick<RunReport, 'endedAt' | 'rows'>): Days {
  const day = endedAt.slice(0, 10)
  const all = { ...days, [day]: (days[day] ?? 0) + rows }
  return Object.fromEntries(Object.entries(all).slice(-keptDays))
}
