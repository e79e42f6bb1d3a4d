import { isMetric } from './columns'
import { metricIdOf } from './metric-ids'
import { addMetrics } from './metric-value'
import type { ArrivalTotals, BatchSums } from '../destination'

const dayMs = 86_400_000
const date = /^(\d{2})\/(\d{2})\/(\d{4})/

/**
 * The totals of a report suite for the days and metrics of an upload. The totals say nothing about an upload by
 * themselves: hits and other uploads of the same days count in them as well.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/reports/
 */
export function reportedTotals(reportSuite: string): ArrivalTotals {
  return {
    sums: sumsOf,
    async read({ from, to, metrics }, tools) {
      const totals: Record<string, number> = {}
      for (const name of Object.keys(metrics)) {
        const metric = metricIdOf(name) ?? ''
        const answer = await tools.report({ target: reportSuite, from, to, metric, page: 0 })
        if (answer.kind !== 'report') return answer
        totals[name] = answer.total
      }
      return { kind: 'totals', totals }
    },
  }
}

/** Sums the metric columns of a file that have an id in reports. */
function sumsOf(file: Uint8Array): BatchSums | null {
  const [header = '', ...lines] = Buffer.from(file).toString('utf8').split('\n')
  const columns = header
    .split('\t')
    .flatMap((name, at) => (isMetric(name) && metricIdOf(name) !== undefined ? [{ name, at }] : []))
  const sums = columns.map(() => '')
  let [first, last] = [Infinity, -Infinity]
  for (const line of lines) {
    if (line === '') continue
    const fields = line.split('\t')
    const day = dayOf(fields[0] ?? '')
    first = Math.min(first, day)
    last = Math.max(last, day)
    for (const [index, { at }] of columns.entries()) {
      sums[index] = addMetrics(sums[index] ?? '', fields[at] ?? '')
    }
  }
  if (columns.length === 0 || !Number.isFinite(first)) return null
  const metrics = Object.fromEntries(columns.map(({ name }, index) => [name, Number(sums[index])]))
  return { from: first, to: last + dayMs, metrics }
}

/** The midnight that begins the day of a row, as if its time zone were UTC. */
function dayOf(text: string): number {
  const [, month, day, year] = date.exec(text) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day))
}
