import { bearer, bulkDataInsertion, defineJob, incremental, input, instant, linkHeader } from '../../src'
import { restSource, secret, z } from '../../src'

/** Updates of the issues of a repository, from an API whose header `Link` names the next page. One hit each. */
export const repositoryIssues = defineJob({
  name: 'repository-issues',
  source: restSource({
    baseUrl: input('ISSUES_API_BASE_URL'),
    path: '/repos/example/shop/issues',
    query: { state: 'all', sort: 'updated', direction: 'asc', per_page: '100' },
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    sinceParam: 'since',
    records: '',
    paginator: linkHeader(),
    authentication: bearer({ token: secret('ISSUES_API_TOKEN') }),
  }),
  // The pages are counted, so an update may push an issue to a page that was read: the lookback finds it.
  sync: incremental({
    cursor: instant('updated_at'),
    primaryKey: ['id', 'updated_at'],
    lookback: { hours: 6 },
  }),
  record: z.object({ id: z.number(), number: z.number(), state: z.string(), updated_at: z.iso.datetime() }),
  map: (issue) => ({
    timestamp: issue.updated_at,
    marketingCloudVisitorID: String(issue.id).padStart(38, '1'),
    userAgent: 'repository-issues/1.0',
    linkType: 'o' as const,
    linkName: `issue ${issue.state}`,
    eVar1: String(issue.number),
  }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'linkType', 'linkName', 'eVar1'],
  }),
})
