import { JobError } from '../errors'
import { TransportError, decisionMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import { isPassing, withRetries } from '../http/retry-policy'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client'

/** The dependencies of a call to an authorization server. */
export interface AuthorityContext {
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
}

export interface AuthorityRequest extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  /** Names client and server in errors: `OAuth Server-to-Server: IMS`. */
  readonly exchange: string
  /** What to do if the outage continues. */
  readonly remedy: string
}

export interface AuthorityAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON; undefined if the body is not JSON. */
  readonly body: unknown
  /** Identifies the exchange in the server's logs. */
  readonly debugId: string | undefined
}

const tryMs = 5_000
const budgetMs = 10_000

export const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * One exchange with an authorization server, with a timeout per try, retries of transient failures and a budget over all
 * tries. Returns every answer below 500; the caller interprets it.
 * @throws JobError `token-unavailable`
 */
export async function askAuthority(
  { http, clock, random }: AuthorityContext,
  request: AuthorityRequest,
): Promise<AuthorityAnswer> {
  const { method, url, headers, body } = request
  const send = withRetries(http, { clock, random, tries: 3, budgetMs })
  let response: HttpResponse
  try {
    response = await send({
      method,
      url,
      headers: { accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
      timeoutMs: tryMs,
      maxBytes: decisionMaxBytes,
    })
  } catch (error) {
    if (error instanceof TransportError) throw unavailable(request, error.message)
    throw error
  }
  if (isPassing(response)) throw unavailable(request, `HTTP ${response.status}`)
  const debugId = response.headers['x-debug-id'] ?? ''
  return {
    ...response,
    body: parseJson(response.body),
    debugId: /^[\w.:-]{1,80}$/.test(debugId) ? debugId : undefined,
  }
}

/** Error codes that report an outage of the server, not a refusal. @see RFC 6749 §4.1.2.1, §5.2 */
const outageCodes: readonly string[] = ['server_error', 'temporarily_unavailable']

/** Whether an answer with an error code is a refusal; every other one is an outage. */
export function isRefusal(status: number, error: string): boolean {
  return status >= 400 && status < 500 && !outageCodes.includes(error)
}

/** The error for an answer that is neither usable nor a refusal: an outage. */
export function unusable(
  request: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  { status, debugId }: Pick<AuthorityAnswer, 'status' | 'debugId'>,
): JobError {
  return unavailable(request, `HTTP ${status} without a token or an error code`, debugId)
}

function unavailable(
  { exchange, remedy }: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  message: string,
  debugId?: string,
): JobError {
  return new JobError('token-unavailable', `${exchange}: no usable response: ${message}.`, remedy, {
    details: { exchange, debugId },
  })
}
