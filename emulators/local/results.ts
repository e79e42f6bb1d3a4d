import type { ArrivalReport } from '../../src/pipeline/arrival/verify-arrivals'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'
import type { ShippedJob } from './shipped-jobs'

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
  const lines = [
    ['job', ...columns],
    ...results.map((result) => [result.job, ...columns.map((name) => result[name].toLocaleString('en'))]),
  ]
  const width = (index: number) => Math.max(...lines.map((line) => line[index]?.length ?? 0))
  return lines
    .map((line) =>
      line
        .map((text, index) => (index === 0 ? text.padEnd(width(0)) : text.padStart(width(index))))
        .join('  '),
    )
    .join('\n')
}
