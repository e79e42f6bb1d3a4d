import { bearer, bulkDataInsertion, defineJob, events, hashed, inBody, incremental, input } from '../../src'
import { instant, jsonBody, nextToken, restSource, secret, z } from '../../src'

/** Opportunities of a CRM that is searched by POST: stages and amounts, without the person behind them. */
export const crmOpportunities = defineJob({
  name: 'crm-opportunities',
  source: restSource({
    baseUrl: input('CRM_API_BASE_URL'),
    path: '/crm/v3/objects/deals/search',
    body: jsonBody({ sort: 'modified', filter: { pipeline: 'default' } }),
    sinceParam: inBody('filter.modifiedSince'),
    sinceFormat: 'ms',
    records: 'results',
    paginator: nextToken({ path: 'paging.next.after', param: inBody('after') }),
    authentication: bearer({ token: secret('CRM_API_TOKEN') }),
    answers: [{ status: 200, body: { path: 'category', equals: 'RATE_LIMITS' }, then: 'retry' }],
  }),
  sync: incremental({ cursor: instant('modified') }),
  record: z.object({
    modified: z.iso.datetime(),
    stage: z.string(),
    amount: z.number(),
    email: z.string(),
    consent: z.boolean(),
  }),
  inputs: { salt: secret('CRM_PSEUDONYM_SALT') },
  consent: { field: 'consent', granted: [true] },
  map: (deal, { salt }) => ({
    timestamp: deal.modified,
    'customerID.crm.id': hashed(deal.email.toLowerCase(), { salt }),
    'customerID.crm.isMCSeed': '1',
    userAgent: 'crm-opportunities/1.0',
    pageName: `opportunity ${deal.stage}`,
    events: events('event10', ['event11', deal.amount]),
  }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns: ['timestamp', 'customerID.crm.id', 'customerID.crm.isMCSeed', 'userAgent', 'pageName', 'events'],
  }),
})
