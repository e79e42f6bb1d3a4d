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

const Refund = z.object({
  id: z.string().min(1),
  /** The transaction ID that the purchase hit of the order carried. */
  order: z.string().min(1),
  orderedAt: z.iso.datetime(),
  refundedAt: z.iso.datetime(),
  amount: z.number().positive(),
  units: z.int().positive(),
})

/** Refunds, subtracted from the revenue and units of the online order with the same transaction ID. */
export const refunds = defineJob({
  name: 'refunds',
  source: restSource({
    baseUrl: input('REFUNDS_API_BASE_URL'),
    path: '/v1/refunds',
    rangeParams: { from: 'from', to: 'to' },
    records: 'data',
    paginator: nextToken({ path: 'next_token', param: 'page_token' }),
    authentication: clientCredentials({
      tokenUrl: { base: input('REFUNDS_API_BASE_URL'), path: '/oauth/token' },
      clientId: input('REFUNDS_API_CLIENT_ID'),
      clientSecret: secret('REFUNDS_API_CLIENT_SECRET'),
    }),
  }),
  // The online hit must have been processed before a row can join it.
  sync: sliced({
    every: 'day',
    timeZone: 'UTC',
    start: '2026-11-01',
    cursor: instant('refundedAt'),
    lag: { days: 1 },
    primaryKey: 'id',
  }),
  record: Refund,
  map: (refund) => ({
    Date: refund.refundedAt,
    transactionID: refund.order,
    onlineDate: refund.orderedAt,
    Price: -refund.amount,
    Quantity: -refund.units,
  }),
  destination: dataSources({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    account: input('REFUNDS_DATA_SOURCE'),
    kind: 'transaction-id',
    timeZone: 'UTC',
    columns: ['Price', 'Quantity'],
    negatives: ['Price', 'Quantity'],
  }),
})
