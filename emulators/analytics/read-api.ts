import type { LoggedRequest, Reply } from '../emulator'
import type { ReportSuites } from './report-suites'

export const company = { globalCompanyId: 'exampl0', companyName: 'Example' }

/** GET /discovery/me and GET /api/{company}/metrics. @see https://developer.adobe.com/analytics-apis/docs/2.0/ */
export function readApi({ method, url }: LoggedRequest, suites: ReportSuites): Reply {
  const { pathname, searchParams } = new URL(url, 'http://analytics')
  if (method !== 'GET') return { status: 404 }
  if (pathname === '/discovery/me') {
    const companies = [{ ...company, apiRateLimitPolicy: 'aa_api_tier10_tp' }]
    const imsOrgs = [{ imsOrgId: '8C6767C25245AD1A0A490D4C@AdobeOrg', companies }]
    return { status: 200, body: { imsUserId: '0123456789ABCDEF01234567@techacct.adobe.com', imsOrgs } }
  }
  if (pathname !== `/api/${company.globalCompanyId}/metrics`) return { status: 404 }
  if (suites.has(searchParams.get('rsid') ?? '')) {
    return { status: 200, body: [{ id: 'metrics/occurrences', name: 'Occurrences', type: 'int' }] }
  }
  return {
    status: 403,
    body: { errorCode: 'unauthorized', errorDescription: 'No access to the report suite' },
  }
}
