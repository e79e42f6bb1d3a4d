import { apiKey, bulkDataInsertion, csv, defineJob, fileSource, httpsFile, incremental } from '../../src'
import { input, instant, join, nextToken, restSource, secret, z } from '../../src'

/** Clicks in newsletters, with names from a sheet that marketing publishes. Clicks of an unknown campaign wait. */
export const emailClicks = defineJob({
  name: 'email-clicks',
  source: restSource({
    baseUrl: input('EMAIL_API_BASE_URL'),
    path: '/v2/clicks',
    sinceParam: 'since',
    records: 'clicks',
    paginator: nextToken({ path: 'next', param: 'page' }),
    authentication: apiKey({ header: 'x-api-key', value: secret('EMAIL_API_KEY') }),
  }),
  joins: {
    campaign: join({
      source: fileSource({ store: httpsFile({ url: secret('CAMPAIGN_SHEET_URL') }), decoder: csv() }),
      ...{ key: 'id', by: 'campaignId', fields: ['name'], whenUnmatched: 'reject' },
    }),
  },
  sync: incremental({ cursor: instant('at'), primaryKey: 'id', lookback: { days: 3 } }),
  record: z.object({
    ...{ id: z.string(), at: z.iso.datetime(), visitor: z.string(), campaignId: z.number() },
    campaign: z.object({ name: z.string() }),
  }),
  map: ({ at, visitor, campaign }) => ({
    timestamp: at,
    marketingCloudVisitorID: visitor,
    userAgent: 'email-clicks/1.0',
    pageName: 'newsletter click',
    eVar1: campaign.name,
  }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'pageName', 'eVar1'],
  }),
})
