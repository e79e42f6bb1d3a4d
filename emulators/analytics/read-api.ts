import { dimensionsBody, metricsBody, suiteBody } from './suite-settings'
import type { LoggedRequest, Reply } from '../emulator'
import type { ReportSuites } from './report-suites'

export const company = { globalCompanyId: 'exampl0', companyName: 'Example' }

/**
 * GET /discovery/me, and of a company: /metrics, /dimensions and /reportsuites/collections/suites/{rsid}.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/
 */
export function readApi({ method, url }: LoggedRequest, suites: ReportSuites): Reply {
  const { pathname, searchParams } = new URL(url, 'http://analytics')
  if (method !== 'GET') return { status: 404 }
  if (pathname === '/discovery/me') {
    const companies = [{ ...company, apiRateLimitPolicy: 'aa_api_tier10_tp' }]
    const imsOrgs = [{ imsOrgId: '8C6767C25245AD1A0A490D4C@AdobeOrg', companies }]
    return { status: 200, body: { imsUserId: '0123456789ABCDEF01234567@techacct.adobe.com', imsOrgs } }
  }
  const base = `/api/${company.globalCompanyId}`
  const suitePath = `${base}/reportsuites/collections/suites/`
  const expansion = (searchParams.get('expansion') ?? '').split(',')
  if (pathname.startsWith(suitePath)) {
    const id = decodeURIComponent(pathname.slice(suitePath.length))
    return suites.has(id) ? { status: 200, body: suiteBody(id, suites.settingsOf(id)) } : noAccess
  }
  const list = lists[pathname.slice(base.length)]
  if (!pathname.startsWith(base) || !list) return { status: 404 }
  const id = searchParams.get('rsid') ?? ''
  return suites.has(id) ? { status: 200, body: list(suites.settingsOf(id), expansion) } : noAccess
}

const lists: Readonly<Record<string, typeof metricsBody | undefined>> = {
  '/metrics': metricsBody,
  '/dimensions': dimensionsBody,
}

const noAccess: Reply = {
  status: 403,
  body: { errorCode: 'unauthorized', errorDescription: 'No access to the report suite' },
}
