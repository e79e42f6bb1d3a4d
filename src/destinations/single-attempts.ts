import { TransportError } from '../http/http-client'
import { retryAfterMs } from '../http/retry-after'
import type { Redact } from '../http/foreign-text'
import type { HttpResponse } from '../http/http-client'
import type { DestinationContext, Refusal, Unknown } from './destination'

/** The result of a request. */
export type Answer = HttpResponse | TransportError

/** The context in which an answer is read. */
export interface Reading {
  /** Wall clock, ms since the epoch. */
  readonly now: number
  readonly redact: Redact
}

/** Requests with the service token, each sent once. @throws JobError of the token */
export interface SingleAttempts {
  readonly call: (request: SingleRequest) => Promise<Answer>
  readonly reading: () => Reading
}

export interface SingleRequest {
  readonly method: 'GET' | 'POST'
  /** Below the base URL, with its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal: AbortSignal
  /** Asked right before the request leaves, once the token is there. */
  readonly mayLeave?: () => boolean
}

/** Adobe closes the connection itself after 60 s. @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/faq/ */
const requestTimeoutMs = 60_000

const closed = new TransportError('The send window had closed.', 'no', 'aborted')

/** @param base URL that every path follows */
export function createSingleAttempts(
  { http, clock, authorize, redact }: Pick<DestinationContext, 'http' | 'clock' | 'authorize' | 'redact'>,
  base: string,
): SingleAttempts {
  return {
    reading: () => ({ now: clock.now(), redact }),
    async call({ method, path, headers, body, signal, mayLeave }) {
      const authorization = await authorize()
      if (mayLeave && !mayLeave()) return closed
      try {
        const response = await http({
          method,
          url: base + path,
          headers: { ...authorization.headers, accept: 'application/json', ...headers },
          ...(body === undefined ? {} : { body }),
          timeoutMs: requestTimeoutMs,
          signal,
        })
        if (response.status === 401) await authorization.drop()
        return response
      } catch (error) {
        if (error instanceof TransportError) return error
        throw error
      }
    },
  }
}

/** No complete answer came: nothing is known, unless no byte of the request left. */
export function noAnswer({ sent, message }: TransportError): Refusal | Unknown {
  return { kind: sent === 'no' ? 'not-sent' : 'unknown', message }
}

/** Statuses by which Adobe refuses a request before it reads it; null for every other status. */
export function refusalIn({ status, headers }: HttpResponse, message: string, now: number): Refusal | null {
  if (status === 401) return { kind: 'unauthorized', message }
  if (status === 403) return { kind: 'not-permitted', message }
  if (status !== 429) return null
  return { kind: 'throttled', retryAfterMs: retryAfterMs(headers['retry-after'], now) }
}
