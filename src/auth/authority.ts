import { JobError } from '../errors'
import { TransportError, decisionMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import { isPassing, withRetries } from '../http/retry-policy'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client'

/** What it takes to call an authorization server. */
export interface AuthorityContext {
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
}

export interface AuthorityRequest extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  /** Who asks whom, for errors: `OAuth Server-to-Server: IMS`. */
  readonly exchange: string
  /** What to do where the server stays out of reach. */
  readonly remedy: string
}

export interface AuthorityAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON; undefined where the answer is something else. */
  readonly body: unknown
  /** Names the exchange in the server's own logs. */
  readonly debugId: string | undefined
}

const tryMs = 5_000
const budgetMs = 10_000

export const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * One exchange with an authorization server: a time limit per try, a budget over all tries, and retries of what
 * passes. An answer below 500 is the caller's to judge.
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
  if (isPassing(response)) throw unavailable(request, `HTTP ${response.status} and no usable answer`)
  const debugId = response.headers['x-debug-id'] ?? ''
  return {
    ...response,
    body: parseJson(response.body),
    debugId: /^[\w.:-]{1,80}$/.test(debugId) ? debugId : undefined,
  }
}

/** Said of the server itself, not of what was asked. @see RFC 6749 §4.1.2.1, §5.2 */
const ownTroubles: readonly string[] = ['server_error', 'temporarily_unavailable']

/** Whether an answer with an error code refuses what was asked. Everything else is an outage. */
export function isRefusal(status: number, error: string): boolean {
  return status >= 400 && status < 500 && !ownTroubles.includes(error)
}

/** For an answer that is neither what was asked for nor a refusal: the server is out of order. */
export function unusable(
  request: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  { status, debugId }: Pick<AuthorityAnswer, 'status' | 'debugId'>,
): JobError {
  return unavailable(request, `HTTP ${status} and no usable answer`, debugId)
}

function unavailable(
  { exchange, remedy }: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  message: string,
  debugId?: string,
): JobError {
  return new JobError('token-unavailable', `${exchange} gave no usable answer: ${message}.`, remedy, {
    details: { exchange, debugId },
  })
}
