import * as z from 'zod'
import { foreignCode } from '../../http/foreign-text'
import { parseJson } from '../../http/json'
import { withRetries } from '../../http/retry-policy'
import { clock, http, random } from '../container'
import { whyUnreadable } from './report-suite'
import type { AccessToken } from '../../auth/token-provider'
import type { ServiceUrls } from '../params/base-urls'
import type { Finding } from './finding'

const Me = z.object({
  imsOrgs: z.array(
    z.object({
      imsOrgId: z.string(),
      companies: z.array(z.object({ globalCompanyId: z.string(), companyName: z.string() })),
    }),
  ),
})
const Refused = z.object({ error_code: z.string() })

/** The inputs, and the names of those that a job refers to: an unused one may be unset. */
interface Configured {
  readonly inputs: Readonly<Record<string, string>>
  readonly used: ReadonlySet<string>
}

const profileRemedy =
  'Admin Console, Products, Adobe Analytics: add the technical account to a product profile that has the report suite and its tools.'

/**
 * Checks the permissions of the token in Analytics. A valid token is not enough: permission comes from product
 * profiles.
 * @see GET /discovery/me
 */
export async function checkAnalytics(
  token: AccessToken,
  { analytics: baseUrl }: ServiceUrls,
  configured: Configured,
): Promise<Finding[]> {
  const subject = 'Analytics, discovery/me'
  const send = withRetries(http, { clock, random, tries: 3, budgetMs: 15_000 })
  const response = await send({
    method: 'GET',
    url: `${baseUrl}/discovery/me`,
    headers: {
      authorization: `Bearer ${token.value}`,
      'x-api-key': token.clientId,
      accept: 'application/json',
    },
    timeoutMs: 10_000,
  }).catch(() => null)
  if (!response) {
    return [
      {
        level: 'fault',
        subject,
        message: 'Analytics cannot be reached',
        remedy: 'Check ANALYTICS_BASE_URL.',
      },
    ]
  }
  const body = parseJson(response.body)
  const me = Me.safeParse(body)
  if (response.status === 200 && me.success) return companies(me.data, token, baseUrl, configured)

  const refused = Refused.safeParse(body).data?.error_code
  const status = `HTTP ${response.status}${response.status === 200 ? ', and not the answer of Analytics' : ''}`
  const code = refused === undefined ? status : foreignCode(refused)
  if (code === '403025') {
    const message =
      '403025, Profile is not valid: the token is valid, but its technical account has no product profile'
    return [{ level: 'fault', subject, message, remedy: profileRemedy }]
  }
  const remedy =
    'Check that the project has the Adobe Analytics API, and that IMS_BASE_URL and ANALYTICS_BASE_URL belong together.'
  return [{ level: 'fault', subject, message: code, remedy }]
}

async function companies(
  { imsOrgs }: z.infer<typeof Me>,
  token: AccessToken,
  baseUrl: string,
  configured: Configured,
): Promise<Finding[]> {
  const subject = 'ANALYTICS_COMPANY_ID'
  const { inputs, used } = configured
  const found = imsOrgs.flatMap((org) => org.companies)
  const names = found
    .map(({ globalCompanyId, companyName }) => `${globalCompanyId} (${companyName})`)
    .join(', ')
  const given = inputs.ANALYTICS_COMPANY_ID ?? ''
  const companyId = found.some(({ globalCompanyId }) => globalCompanyId === given)
    ? given
    : found[0]?.globalCompanyId
  if (companyId === undefined) {
    return [
      { level: 'fault', subject, message: 'the technical account sees no company', remedy: profileRemedy },
    ]
  }
  const finding: Finding =
    given === companyId
      ? { level: 'good', subject, message: names }
      : {
          level: given === '' && !used.has(subject) ? 'absent' : 'fault',
          subject,
          message: `the token sees: ${names}`,
          remedy: `Set ANALYTICS_COMPANY_ID=${companyId}; verify-arrival needs it as well.`,
        }
  return [
    finding,
    await reportSuite({ baseUrl, companyId, clientId: token.clientId, token: token.value }, configured),
  ]
}

async function reportSuite(
  access: Parameters<typeof whyUnreadable>[0],
  { inputs: { ANALYTICS_REPORT_SUITE: suite = '' }, used }: Configured,
): Promise<Finding> {
  const subject = 'ANALYTICS_REPORT_SUITE'
  if (suite === '') {
    return used.has(subject)
      ? { level: 'fault', subject, message: 'is not set', remedy: 'Name the report suite in .env.' }
      : { level: 'absent', subject, message: 'is not set, and no job refers to it' }
  }
  const fault = await whyUnreadable(access, suite)
  return fault === null
    ? { level: 'good', subject, message: `${suite} can be read` }
    : { level: 'fault', subject, message: `${suite} cannot be read: ${fault}`, remedy: profileRemedy }
}
