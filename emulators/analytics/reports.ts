import * as z from 'zod'
import type { LoggedRequest, Reply } from '../emulator'
import type { CollectedRow } from './collected-file'
import type { ProcessedRow } from './data-sources/processed-file'
import type { ReportSuites, StoredHit } from './report-suites'

/** The conditions under which an accepted hit is visible in reports. */
export interface ReportKnobs {
  /** An accepted hit shows in reports after this long, ms. */
  reportLagMs: number
  /** A bot rule: hits that it matches are in no report. */
  botRule: (hit: CollectedRow) => boolean
  /** Values of a variable beyond this many, by hits, go into one item "Low Traffic". */
  uniqueValues: number
  /** What live traffic has added to a metric by now, beside the rows of data sources; by its id in reports. */
  liveTotal: (metric: string) => number
}

const Request = z.object({
  rsid: z.string(),
  globalFilters: z.array(z.object({ type: z.string(), dateRange: z.string() })).length(1),
  metricContainer: z.object({
    metrics: z.array(z.object({ columnId: z.string(), id: z.string() })).min(1),
  }),
  dimension: z.string().optional(),
  search: z.object({ clause: z.string() }).optional(),
  settings: z.object({ limit: z.number().max(50_000).default(50), page: z.number().default(0) }).prefault({}),
})

const range = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})\/(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})$/
const lowTraffic = 'Low Traffic'

/** Adobe permits a user 12 requests in 6 s. */
const limit = { requests: 12, windowMs: 6_000 }

/** POST /reports of the company, with its rate limit. */
export function createReports(
  suites: ReportSuites,
  knobs: ReportKnobs,
  now: () => number,
  rowsOf: (suite: string) => readonly ProcessedRow[],
): { answer(request: LoggedRequest): Reply } {
  let recent: number[] = []

  return {
    answer(request) {
      recent = recent.filter((at) => now() - at < limit.windowMs)
      if (recent.length >= limit.requests)
        return { status: 429, body: { error_code: '429050', message: 'Too many requests' } }
      recent.push(now())
      return answerReport(request, suites, knobs, now, rowsOf)
    },
  }
}

/**
 * POST /reports, computed from the stored hits: `metrics/occurrences`, and `metrics/evarNinstances` of the hits that set
 * an eVar, broken down by `variables/evarN` or in total; and from the rows of data sources: the totals of their metrics. The suite's time zone is UTC.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/reports/
 */
function answerReport(
  request: LoggedRequest,
  suites: ReportSuites,
  knobs: ReportKnobs,
  now: () => number,
  rowsOf: (suite: string) => readonly ProcessedRow[],
): Reply {
  const asked = Request.safeParse(parsed(request.body))
  const times = asked.success ? range.exec(asked.data.globalFilters[0]?.dateRange ?? '') : null
  if (!asked.success || !times) return refused(400, 'invalid_data', 'The report request is not valid')
  const { rsid, metricContainer, dimension, search, settings } = asked.data
  if (!suites.has(rsid)) return refused(403, 'unauthorized', 'No access to the report suite')
  const [from, to] = [times[1], times[2]].map((time) => Date.parse(`${time ?? ''}Z`) / 1000)
  const { id: metric = '' } = metricContainer.metrics[0] ?? {}
  const instancesOf = /^metrics\/(evar[1-9]\d*)instances$/.exec(metric)?.[1]
  if (metric !== 'metrics/occurrences' && instancesOf === undefined) {
    const column = columnOfMetric(metric)
    if (column === null || dimension !== undefined)
      return refused(400, 'invalid_parameters', 'Unknown metric')
    const total = sumOf(rowsOf(rsid), column, from ?? 0, to ?? 0) + knobs.liveTotal(metric)
    return { status: 200, body: { totalPages: 1, lastPage: true, summaryData: { totals: [total] } } }
  }
  const hits = suites
    .hits(rsid)
    .filter(({ timestamp }) => timestamp >= (from ?? 0) && timestamp < (to ?? 0))
    .filter(({ at }) => at + knobs.reportLagMs <= now())
    .filter(({ columns }) => !knobs.botRule(columns))
    .filter(({ columns }) => instancesOf === undefined || (columns[instancesOf] ?? '') !== '')
  const all = dimension === undefined ? [] : itemsOf(hits, columnOf(dimension), knobs.uniqueValues)
  const items = search ? all.filter(([value]) => isMatch(value, search.clause)) : all
  const first = settings.page * settings.limit
  const rows = items.slice(first, first + settings.limit)
  const totalPages = Math.ceil(items.length / settings.limit)
  return {
    status: 200,
    body: {
      totalPages,
      firstPage: settings.page === 0,
      lastPage: settings.page >= totalPages - 1,
      numberOfElements: rows.length,
      number: settings.page,
      totalElements: items.length,
      columns: {
        ...(dimension === undefined ? {} : { dimension: { id: dimension, type: 'string' } }),
        columnIds: metricContainer.metrics.map(({ columnId }) => columnId),
      },
      rows: rows.map(([value, count], index) => ({
        itemId: String(first + index + 1),
        value,
        data: [count],
      })),
      summaryData: { filteredTotals: [hits.length], totals: [hits.length] },
    },
  }
}

const namedMetrics: Readonly<Record<string, string>> = {
  'metrics/cartadditions': 'cart adds',
  'metrics/carts': 'cart opens',
  'metrics/orders': 'orders',
  'metrics/revenue': 'price',
}

/** The column of data sources that a metric sums up; null for a metric that is unknown here. */
function columnOfMetric(id: string): string | null {
  const event = /^metrics\/event([1-9]\d*)$/.exec(id)?.[1]
  return event === undefined ? (namedMetrics[id] ?? null) : `event ${event}`
}

/** Of the rows of a half-open range in seconds. A row without a time of day is at noon. */
function sumOf(rows: readonly ProcessedRow[], column: string, from: number, to: number): number {
  return rows
    .filter(({ date = '' }) => {
      const [month, day, year, hour = '12', minute = '00', second = '00'] = date.split('/')
      const at = Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}Z`) / 1000
      return at >= from && at < to
    })
    .reduce((sum, row) => sum + Number(row[column] ?? 0), 0)
}

/**
 * Values in the case in which they came first, most hits first. An eVar persists: a hit without a value has that of its
 * visitor's last hit; without one it is "Unspecified".
 */
function itemsOf(
  hits: readonly StoredHit[],
  column: string,
  uniqueValues: number,
): readonly (readonly [string, number])[] {
  const items = new Map<string, { readonly value: string; count: number }>()
  const persisting = new Map<string, string>()
  for (const { columns, visitor } of [...hits].sort((a, b) => a.timestamp - b.timestamp)) {
    const set = columns[column] ?? ''
    if (set !== '' && column.startsWith('evar')) persisting.set(visitor, set)
    const value = [set, persisting.get(visitor) ?? '', 'Unspecified'].find((text) => text !== '') ?? ''
    const item = items.get(value.toLowerCase()) ?? { value, count: 0 }
    item.count += 1
    items.set(value.toLowerCase(), item)
  }
  const sorted = [...items.values()].sort((a, b) => b.count - a.count)
  const shown = sorted.slice(0, uniqueValues).map(({ value, count }) => [value, count] as const)
  const hidden = sorted.slice(uniqueValues).reduce((sum, { count }) => sum + count, 0)
  return hidden === 0 ? shown : [...shown, [lowTraffic, hidden] as const]
}

/** A search for whole values, such as `( MATCH 'a' ) OR ( MATCH 'b' )`, whatever their case. */
function isMatch(value: string, clause: string): boolean {
  const wanted = [...clause.matchAll(/MATCH '([^']*)'/g)].map(([, text = '']) => text.toLowerCase())
  return wanted.includes(value.toLowerCase())
}

function columnOf(dimension: string): string {
  return dimension.replace(/^variables\//, '').toLowerCase()
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function refused(status: number, errorCode: string, errorDescription: string): Reply {
  return { status, body: { errorCode, errorDescription, errorId: '00000000-0000-0000-0000-000000000000' } }
}
