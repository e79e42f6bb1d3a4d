import * as z from 'zod'
import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { isPassing, withRetries } from '../../http/retry-policy'
import { imsUrl, tokenExpiry } from './ims-library'
import type { Clock } from '../../clock'
import type { HttpClient, HttpResponse } from '../../http/http-client'
import type { AccessToken } from '../token-provider'

/** What every IMS provider works with. */
export interface ImsContext {
  readonly baseUrl: string
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
}

export interface TokenRequest {
  /** Names the provider in errors. */
  readonly provider: string
  readonly path: '/ims/token/v3' | '/ims/exchange/jwt'
  readonly form: Readonly<Record<string, string>>
  /** `expires_in` of the answer is in seconds on /ims/token/v3 and in milliseconds on /ims/exchange/jwt. */
  readonly expiresInUnitMs: 1 | 1000
  readonly clientId: string
  readonly orgId: string
}

const tryMs = 5_000
const budgetMs = 10_000
/** No IMS token lives that many seconds: such a number is milliseconds, whatever the endpoint should answer. */
const implausibleSeconds = 1_000_000

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().optional() })
const Refused = z.object({ error: z.string(), error_description: z.string().optional() })

/**
 * Asks IMS for a token: urlencoded, with a time limit per try, a budget over all tries, and retries of what passes.
 * @throws JobError `token-refused` with IMS's own error code, `token-unavailable`
 */
export async function requestToken(context: ImsContext, request: TokenRequest): Promise<AccessToken> {
  const { http, clock, random, baseUrl } = context
  const send = withRetries(http, { clock, random, tries: 3, budgetMs })
  let response: HttpResponse
  try {
    response = await send({
      method: 'POST',
      url: await imsUrl(baseUrl, request.path),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(request.form).toString(),
      timeoutMs: tryMs,
    })
  } catch (error) {
    if (error instanceof TransportError) throw unavailable(request, error.message, undefined)
    throw error
  }
  return interpret(request, response, clock.now())
}

async function interpret(request: TokenRequest, response: HttpResponse, now: number): Promise<AccessToken> {
  const body = parseJson(response.body)
  const granted = Granted.safeParse(body)
  if (response.status === 200 && granted.success) {
    const { access_token: value, expires_in: expiresIn } = granted.data
    const unit = expiresIn !== undefined && expiresIn >= implausibleSeconds ? 1 : request.expiresInUnitMs
    const expiresAt = (await tokenExpiry(value)) ?? now + (expiresIn ?? 0) * unit
    return { value, expiresAt, clientId: request.clientId, orgId: request.orgId }
  }
  const debugId = response.headers['x-debug-id']
  const refused = Refused.safeParse(body)
  if (isPassing(response) || !refused.success) {
    throw unavailable(request, `HTTP ${response.status} instead of a token`, debugId)
  }
  throw tokenRefused(request, response.status, refused.data.error, refused.data.error_description, debugId)
}

function tokenRefused(
  { provider }: TokenRequest,
  status: number,
  imsError: string,
  description: string | undefined,
  debugId: string | undefined,
): JobError {
  return new JobError(
    'token-refused',
    `${provider}: IMS refused the credential: ${imsError}${description ? ` (${description})` : ''}, HTTP ${status}.`,
    remedies[imsError] ?? 'Compare the credential with the Developer Console; `npm run doctor` tells more.',
    { details: { provider, imsError, status, debugId } },
  )
}

const remedies: Record<string, string> = {
  invalid_client:
    'Check client id and client secret in the Developer Console; a deleted or rotated secret is refused.',
  invalid_scope:
    'Copy the scopes from the credential page of the Developer Console into IMS_OAUTH_S2S_SCOPES.',
  unauthorized_client: 'Add the OAuth Server-to-Server credential to the project in the Developer Console.',
}

function unavailable({ provider }: TokenRequest, message: string, debugId: string | undefined): JobError {
  return new JobError(
    'token-unavailable',
    `${provider}: IMS gave no token: ${message}.`,
    'Nothing is lost: the next tick tries again. If it stays, check IMS_BASE_URL and status.adobe.com.',
    { details: { provider, debugId } },
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
