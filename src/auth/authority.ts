import { JobError } from '../errors'
import { TransportError, decisionMaxBytes } from '../http/http-client'
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
  if (isPassing(response)) throw unusable(request, response)
  return { status: response.status, headers: response.headers, body: parseJson(response.body) }
}

/** For an answer that is neither what was asked for nor a refusal: the server is out of order. */
export function unusable(
  request: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  { status, headers }: Pick<AuthorityAnswer, 'status' | 'headers'>,
): JobError {
  return unavailable(request, `HTTP ${status} and no usable answer`, headers['x-debug-id'])
}

function unavailable(
  { exchange, remedy }: Pick<AuthorityRequest, 'exchange' | 'remedy'>,
  message: string,
  debugId?: string,
): JobError {
  return new JobError('token-unavailable', `${exchange} gave no answer of use: ${message}.`, remedy, {
    details: { exchange, debugId },
  })
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
