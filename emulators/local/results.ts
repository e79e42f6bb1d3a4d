import { table } from '../../src/cli/table'
import type { ArrivalReport } from '../../src/pipeline/arrival/verify-arrivals'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'
import type { ShippedJob } from './shipped-jobs'
import type { StoredRow } from './stored-rows'

const columns = ['records', 'rows', 'sent', 'accepted', 'arrived'] as const

/**
 * The figures of one job: records and rows from the run's report, arrived rows from `verify-arrival`, the others
 * counted by Analytics.
 */
export type JobResult = Readonly<Record<(typeof columns)[number], number>> & { readonly job: string }

export function resultOf(
  job: ShippedJob,
  platform: Platform,
  report: RunReport | undefined,
  arrival: ArrivalReport | undefined,
): JobResult {
  return {
    job: job.name,
    records: report?.records ?? 0,
    rows: report?.rows ?? 0,
    sent: job.sent(platform),
    accepted: job.accepted(platform),
    arrived: arrival?.arrived.rows ?? 0,
  }
}

/** @throws Error where a job's figures differ */
export function assertEqual(results: readonly JobResult[]): void {
  const uneven = results.filter((result) => columns.some((name) => result[name] !== result.records))
  if (uneven.length > 0) throw new Error(`Not everything has arrived.\n${resultTable(uneven)}`)
}

/** One line a job, figures to the right. */
export function resultTable(results: readonly JobResult[]): string {
  const figures = results.map((result) => [
    result.job,
    ...columns.map((name) => result[name].toLocaleString('en')),
  ])
  return table([['job', ...columns], ...figures]).join('\n')
}

const shownRows = 3
const cellWidth = 24

/** The first rows as a table, without columns that are empty in all of them. */
export function sampleTable(rows: readonly StoredRow[]): string {
  const shown = rows.slice(0, shownRows)
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))].filter((name) =>
    shown.some((row) => (row[name] ?? '') !== ''),
  )
  const lines = shown.map((row) => columns.map((name) => cell(row[name] ?? '')))
  return table([columns, ...lines])
    .map((line) => `  ${line}`)
    .join('\n')
}

function cell(text: string): string {
  return text.length > cellWidth ? `${text.slice(0, cellWidth - 1)}…` : text
}
