import { gunzipSync } from 'node:zlib'
import { filePart } from '../analytics/multipart'
import { airportNames, reportSuite } from './platform'
import type { LoggedRequest } from '../emulator'
import type { Platform } from './platform'

/** A job that this project ships, as the demonstration shows it. */
export interface ShippedJob {
  readonly name: string
  /** The alarm of ext.config.yaml that wakes it. */
  readonly alarm: string
  /** The effect of one run, as text for people. */
  readonly does: string
  /** Rows that Analytics was sent, counted in the requests. */
  sent(platform: Platform): number
  /** Rows that Analytics has accepted. */
  accepted(platform: Platform): number
}

export const shippedJobs: readonly ShippedJob[] = [
  {
    name: 'flights',
    alarm: 'flights-every-15-minutes',
    does: 'run-job fetches 20,000 flights and writes them to Analytics (at demo pace)',
    sent: ({ analytics }) => total(analytics.requests, /\/events$/, (request) => linesOf(request) - 1),
    accepted: ({ analytics }) => analytics.files.reduce((sum, { rows }) => sum + rows, 0),
  },
  {
    name: 'airports',
    alarm: 'airports-every-day',
    does: 'run-job fetches 3,376 airports and classifies the origins of the flights',
    sent: ({ analytics }) =>
      total(analytics.requests, /\/import\/json\//, importedRecords) +
      total(analytics.requests, /\/import\/uploadFile\//, linesOf),
    accepted: (platform) => platform.analytics.classifications.importedLines(airportNames(platform)),
  },
  {
    name: 'ad-costs',
    alarm: 'ad-costs-every-15-minutes',
    does: 'run-job fetches 15 days of ad costs and uploads them to a data source',
    sent: ({ analytics }) => uploadedRows(analytics, 'Tracking Code'),
    accepted: ({ analytics }) => analytics.dataSources.processedRows(reportSuite, 'Ad costs'),
  },
  {
    name: 'refunds',
    alarm: 'refunds-every-15-minutes',
    does: 'run-job fetches 14 days of refunds and uploads them by transaction ID',
    sent: ({ analytics }) => uploadedRows(analytics, 'transactionID'),
    accepted: ({ analytics }) => analytics.dataSources.processedRows(reportSuite, 'Refunds'),
  },
]

/** Sum over the requests to a path. */
function total(
  requests: readonly LoggedRequest[],
  path: RegExp,
  rows: (request: LoggedRequest) => number,
): number {
  return requests
    .filter(({ method, url }) => method === 'POST' && path.test(url))
    .reduce((sum, request) => sum + rows(request), 0)
}

/** Rows of the files that were uploaded to data sources and have a column. */
function uploadedRows({ requests }: Platform['analytics'], column: string): number {
  return total(requests, /\/datasources\/job\//, (request) => {
    const [header = ''] = (filePart(request) ?? Buffer.alloc(0)).toString().split('\n')
    return header.split('\t').includes(column) ? linesOf(request) - 1 : 0
  })
}

/** Lines of the uploaded file. */
function linesOf(request: LoggedRequest): number {
  const bytes = filePart(request) ?? Buffer.alloc(0)
  const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes
  return text.toString().split('\n').length - 1
}

function importedRecords({ body }: LoggedRequest): number {
  return (JSON.parse(body.toString()) as { data: unknown[] }).data.length
}
