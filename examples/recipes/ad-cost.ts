import { bearer, csv, dataSources, defineJob, exportSource, gzip, inBody, incremental } from '../../src'
import { input, jsonBody, pageCursor, secret, z } from '../../src'

/** The daily cost of advertising, which the platform prepares as a report, becomes metrics of tracking codes. */
export const adCost = defineJob({
  name: 'ad-cost',
  source: exportSource({
    baseUrl: input('ADS_API_BASE_URL'),
    authentication: bearer({ token: secret('ADS_API_TOKEN') }),
    days: { start: '2026-01-01', timeZone: 'America/New_York', lag: { hours: 6 } },
    create: {
      path: '/v2/reports',
      body: jsonBody({ type: 'campaign', metrics: ['cost', 'clicks'], format: 'CSV' }),
      from: inBody('range.from'),
      to: inBody('range.to'),
      inclusiveTo: true,
      id: 'report.id',
    },
    poll: { path: '/v2/reports/{id}', state: 'status', ready: ['COMPLETED'], failed: ['FAILED', 'EXPIRED'] },
    download: { path: '/v2/reports/{id}/file' },
    decoder: gzip(csv()),
  }),
  sync: incremental({ cursor: pageCursor() }),
  record: z.object({ day: z.iso.date(), campaign: z.string(), cost: z.coerce.number() }),
  map: ({ day, campaign, cost }) => ({ Date: day, 'Tracking Code': campaign, 'Event 20': cost }),
  destination: dataSources({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    account: 'Advertising cost',
    kind: 'summary',
    timeZone: 'America/New_York',
    columns: ['Tracking Code', 'Event 20'],
  }),
})
