import * as z from 'zod'
import { retryAfterMs } from '../../http/retry-after'
import type { ReportAnswer, ReportQuery } from '../../destinations/destination'

const Row = z.object({ value: z.string().optional(), data: z.array(z.number()) })
/** Without a dimension there are no rows; the totals are always there. */
const Report = z.object({
  lastPage: z.boolean().optional(),
  rows: z.array(Row).optional(),
  /** Set where a column failed: its numbers are none. */
  columns: z.looseObject({ columnErrors: z.array(z.unknown()).optional() }).optional(),
  summaryData: z.object({ filteredTotals: z.array(z.number()).optional(), totals: z.array(z.number()) }),
})

/** Adobe's largest page. */
const pageRows = 50_000

/**
 * The body of POST /reports.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/reports/
 */
export function reportRequest({ target, from, to, dimension, metric, page }: ReportQuery): object {
  return {
    rsid: target,
    globalFilters: [{ type: 'dateRange', dateRange: `${localTime(from)}/${localTime(to)}` }],
    metricContainer: { metrics: [{ columnId: '0', id: metric }] },
    ...(dimension === undefined ? {} : { dimension }),
    settings: { countRepeatInstances: true, limit: pageRows, page },
  }
}

/** The suite interprets it in its own time zone, so the caller asks for a wider range. */
function localTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1)
}

/** Reads the body of an answer; a body that is not a complete report proves nothing. */
export function reportAnswer(body: unknown): ReportAnswer {
  const report = Report.safeParse(body)
  if (!report.success || (report.data.columns?.columnErrors?.length ?? 0) > 0)
    return { kind: 'unknown', message: 'The report is incomplete, or not of the documented shape.' }
  const { rows = [], lastPage = true, summaryData } = report.data
  const items = rows.map(({ value = '', data }) => ({ value, count: data[0] ?? 0 }))
  return { kind: 'report', items, total: summaryData.totals[0] ?? 0, isLastPage: lastPage }
}

/** The facts of an answer that is no report. */
export interface HttpAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** Reads a refusal. @param answer null where none came @param now wall clock, ms since the epoch */
export function refusedReport(answer: HttpAnswer | null, now: number): ReportAnswer {
  if (!answer) return { kind: 'unknown', message: 'no usable answer came' }
  const { status, retryAfter } = answer
  const message = `HTTP ${status}`
  if (status === 401) return { kind: 'unauthorized', message }
  if (status === 403) return { kind: 'not-permitted', message }
  if (status === 429) return { kind: 'throttled', retryAfterMs: retryAfterMs(retryAfter, now) }
  return { kind: 'unknown', message }
}
