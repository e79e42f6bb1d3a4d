import { startAnalytics } from '../../emulators/analytics/analytics'
import { ftpPassword } from '../../emulators/analytics/data-sources/data-sources'
import { dataSources } from '../../src/destinations/data-sources/data-sources'
import { input } from '../../src/inputs'
import { cuttableHttp, destinationContext, destinationToken } from '../fixtures/destination-context'
import { describeDestination } from './destination.contract'
import type { Destination, DestinationContext } from '../../src/destinations/destination'
import type { DestinationUnderTest } from './destination.contract'

const suite = 'suite'
/** A secret that the redactor has never seen. */
const echoed = 'canary-3f9a7c51e0d24b86a1c5'
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

const refusals = {
  unauthorized: { status: 401, body: { error_code: '401013', message: 'Oauth token is not valid' } },
  'not-permitted': { status: 403, body: { error_code: '403025', message: `Profile ${echoed} is not valid` } },
  throttled: { status: 429, body: { error_code: '429050', message: 'Too many requests' } },
}

async function start(
  open: (context: DestinationContext) => Destination,
): Promise<Omit<DestinationUnderTest, 'rows' | 'badRow'>> {
  const analytics = await startAnalytics({
    verifyToken: (given) => (given === destinationToken ? { client_id: 'client' } : null),
  })
  analytics.dataSources.addAccount(suite, 'Other costs')
  analytics.dataSources.addAccount(suite, 'Ad costs')
  const link = cuttableHttp(analytics.url)

  return {
    destination: open(
      destinationContext(
        analytics.url,
        { SUITE: suite, ACCOUNT: 'Ad costs' },
        { http: link.http, settings: { dataSourceRequestMs: 0 } },
      ),
    ),
    names,
    stored: () =>
      analytics.dataSources.rows(suite).map((row) => row['tracking code'] ?? row.transactionid ?? 'neither'),
    meet(obstacle) {
      if (obstacle === 'not-sent') link.cut()
      else if (obstacle === 'answer-lost') analytics.once({ kind: 'cut-after' })
      else analytics.once({ kind: 'reply', reply: refusals[obstacle] })
    },
    await: (call) => call,
    settle: () => Promise.resolve(),
    secrets: [destinationToken, echoed, ftpPassword],
    stop: () => analytics.stop(),
  }
}

const references = { reportSuite: input('SUITE'), account: input('ACCOUNT') }

describeDestination('Data Sources, summary', 'named', async () => {
  const definition = dataSources({
    ...references,
    kind: 'summary',
    timeZone: 'Europe/Berlin',
    columns: ['Tracking Code', 'Event 1', 'Event 2'],
    repeats: 'sum',
  })
  const row = (code: string, day: number) => ({
    ...{ Date: `2026-01-0${day + 1}`, 'Tracking Code': code, 'Event 1': day, 'Event 2': 0.25 },
  })
  return {
    ...(await start((context) => definition.open(context))),
    rows: names.map(row),
    badRow: { Date: '2026-01-01', 'Tracking Code': 'a;b', 'Event 1': 1 },
  }
})

describeDestination('Data Sources, transaction ID', 'named', async () => {
  const definition = dataSources({
    ...references,
    kind: 'transaction-id',
    timeZone: 'Europe/Berlin',
    columns: ['Price'],
    negatives: ['Price'],
  })
  const row = (id: string, day: number) => ({
    ...{ Date: `2026-01-0${day + 1}`, transactionID: id, onlineDate: null, Price: -9.99 },
  })
  return {
    ...(await start((context) => definition.open(context))),
    rows: names.map(row),
    badRow: { ...row('a', 1), transactionID: '' },
  }
})
