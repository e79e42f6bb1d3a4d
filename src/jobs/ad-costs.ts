import {
  clientCredentials,
  dataSources,
  defineJob,
  input,
  instant,
  nextToken,
  restSource,
  secret,
  sliced,
  z,
} from '..'

const AdCost = z.object({
  date: z.iso.date(),
  /** The tracking code that the links of the campaign carry. */
  campaign: z.string().min(1),
  cost: z.number().nonnegative(),
  impressions: z.int().nonnegative(),
  clicks: z.int().nonnegative(),
})

/** Cost, impressions and clicks of each campaign and day, beside the visits that its tracking code brings. */
export const adCosts = defineJob({
  name: 'ad-costs',
  source: restSource({
    baseUrl: input('AD_COSTS_API_BASE_URL'),
    path: '/v1/ad-costs',
    rangeParams: { from: 'from', to: 'to' },
    records: 'data',
    paginator: nextToken({ path: 'next_token', param: 'page_token' }),
    authentication: clientCredentials({
      tokenUrl: { base: input('AD_COSTS_API_BASE_URL'), path: '/oauth/token' },
      clientId: input('AD_COSTS_API_CLIENT_ID'),
      clientSecret: secret('AD_COSTS_API_CLIENT_SECRET'),
    }),
  }),
  // Ad platforms correct a day for some hours after its end.
  sync: sliced({
    every: 'day',
    timeZone: 'UTC',
    start: '2026-11-01',
    cursor: instant('date', { timeZone: 'UTC' }),
    lag: { hours: 6 },
    primaryKey: ['date', 'campaign'],
  }),
  record: AdCost,
  map: (day) => ({
    Date: day.date,
    'Tracking Code': day.campaign,
    'Event 10': day.cost,
    'Event 11': day.impressions,
    'Event 12': day.clicks,
  }),
  destination: dataSources({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    account: input('AD_COSTS_DATA_SOURCE'),
    kind: 'summary',
    timeZone: 'UTC',
    columns: ['Tracking Code', 'Event 10', 'Event 11', 'Event 12'],
  }),
})
