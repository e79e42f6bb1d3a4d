import { gunzipSync } from 'node:zlib'
import { filePart } from '../analytics/multipart'
import { airportNames, reportSuite } from './platform'
import { storedHits, storedRowsWith, storedValues } from './stored-rows'
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
  /** Rows that Analytics has stored, by column. */
  stored(platform: Platform): readonly Readonly<Record<string, string>>[]
}

export const shippedJobs: readonly ShippedJob[] = [
  {
    name: 'flights',
    alarm: 'flights-every-15-minutes',
    does: '20,000 flights become hits',
    sent: ({ analytics }) => total(analytics.requests, /\/events$/, (request) => linesOf(request) - 1),
    accepted: ({ analytics }) => analytics.files.reduce((sum, { rows }) => sum + rows, 0),
    stored: storedHits,
  },
  {
    name: 'airports',
    alarm: 'airports-every-day',
    does: '3,376 airports classify the origins of the flights',
    sent: ({ analytics }) =>
      total(analytics.requests, /\/import\/json\//, importedRecords) +
      total(analytics.requests, /\/import\/uploadFile\//, linesOf),
    accepted: (platform) => platform.analytics.classifications.applied(airportNames(platform)).length,
    stored: storedValues,
  },
  {
    name: 'ad-costs',
    alarm: 'ad-costs-every-15-minutes',
    does: '15 days of ad costs go to a data source',
    sent: ({ analytics }) => uploadedRows(analytics, 'Tracking Code'),
    accepted: ({ analytics }) => analytics.dataSources.processedRows(reportSuite, 'Ad costs'),
    stored: (platform) => storedRowsWith(platform, 'tracking code'),
  },
  {
    name: 'refunds',
    alarm: 'refunds-every-15-minutes',
    does: '14 days of refunds go to a data source, by transaction ID',
    sent: ({ analytics }) => uploadedRows(analytics, 'transactionID'),
    accepted: ({ analytics }) => analytics.dataSources.processedRows(reportSuite, 'Refunds'),
    stored: (platform) => storedRowsWith(platform, 'transactionid'),
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
