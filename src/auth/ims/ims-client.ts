import * as z from 'zod'
import { foreignCode, foreignText } from '../../http/foreign-text'
import { createRedactor } from '../../http/redact'
import { askAuthority, formType, isRefusal, unusable } from '../authority'
import { TokenRefused } from '../token-refused'
import { imsUrl, tokenExpiry } from './ims-library'
import { explainRefusal } from './refusals'
import type { AccessToken } from '../token-provider'
import type { JobError } from '../../errors'
import type { AuthorityAnswer, AuthorityContext } from '../authority'

/** The dependencies of every IMS provider. */
export interface ImsContext extends AuthorityContext {
  readonly baseUrl: string
}

export interface ImsRequest {
  /** Names the provider in errors. */
  readonly provider: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

export interface TokenRequest {
  readonly provider: string
  readonly path: '/ims/token/v3' | '/ims/exchange/jwt'
  readonly form: Readonly<Record<string, string>>
  /** `expires_in` of the answer is in seconds on /ims/token/v3 and in milliseconds on /ims/exchange/jwt. */
  readonly expiresInUnitMs: 1 | 1000
  readonly clientId: string
}

/** No IMS token is valid for that many seconds: a larger number is milliseconds, also from /ims/token/v3. */
const implausibleSeconds = 1_000_000

const outageRemedy =
  'Nothing is lost: the next tick tries again. If this continues, check IMS_BASE_URL and status.adobe.com.'

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().optional() })
const Refused = z.object({ error: z.string(), error_description: z.string().optional() })

/**
 * One exchange with IMS. Forms are urlencoded.
 * @throws JobError `token-unavailable`
 */
export async function askIms(
  context: ImsContext,
  { provider, method, path, headers = {}, form }: ImsRequest,
): Promise<AuthorityAnswer> {
  return askAuthority(context, {
    exchange: `${provider}: IMS`,
    remedy: outageRemedy,
    method,
    url: await imsUrl(context.baseUrl, path),
    headers: form ? { ...formType, ...headers } : headers,
    ...(form ? { body: new URLSearchParams(form).toString() } : {}),
  })
}

/** The error for an unreadable answer of IMS. */
export function imsOutage(provider: string, answer: AuthorityAnswer): JobError {
  return unusable({ exchange: `${provider}: IMS`, remedy: outageRemedy }, answer)
}

/**
 * Requests a token from IMS.
 * @throws JobError `token-refused` with the error code of IMS, `token-unavailable`
 */
export async function requestToken(context: ImsContext, request: TokenRequest): Promise<AccessToken> {
  const { provider, path, form, clientId } = request
  const answer = await askIms(context, { provider, method: 'POST', path, form })
  const granted = Granted.safeParse(answer.body)
  if (answer.status !== 200 || !granted.success) throw refusal(request, answer)
  const { access_token: value, expires_in: expiresIn = 0 } = granted.data
  const unitMs = expiresIn >= implausibleSeconds ? 1 : request.expiresInUnitMs
  const expiresAt = (await tokenExpiry(value)) ?? context.clock.now() + expiresIn * unitMs
  return { value, expiresAt, clientId }
}

/**
 * Keeps the server's error code, and a short prefix of its text without the secrets of this exchange: a server can repeat
 * only secrets that it was sent.
 */
function refusal({ provider, path, form }: TokenRequest, answer: AuthorityAnswer): JobError {
  const { status, debugId } = answer
  const refused = Refused.safeParse(answer.body)
  if (!refused.success || !isRefusal(status, refused.data.error)) return imsOutage(provider, answer)
  const { error, error_description: description = '' } = refused.data
  const sent = createRedactor()
  for (const name of ['client_secret', 'jwt_token']) sent.add(form[name])
  const imsError = foreignCode(sent.text(error))
  const { remedy, meaning } = explainRefusal(path, status, imsError)
  const said = foreignText(description, { redact: sent.text })
  return new TokenRefused(
    `${provider}: IMS refused the credential: ${imsError}${said === '' ? '' : ` (${said})`}, HTTP ${status}.`,
    remedy,
    { serverCode: imsError, meaning },
    { provider, imsError, status, debugId },
  )
}
