import * as z from 'zod'
import { foreignCode, foreignText } from '../http/foreign-text'
import { TransportError } from '../http/http-client'
import { parseJson } from '../http/json'
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

/** Single attempts of requests to `analytics.adobe.io`. @throws JobError of the token */
export interface AnalyticsApi {
  call(request: ApiRequest): Promise<Answer>
  reading(): Reading
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  /** Below `/api/<company>`, with its query. */
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

/** @param company global company id, the first part of each path */
export function createAnalyticsApi(
  {
    http,
    clock,
    endpoints,
    authorize,
    redact,
  }: Pick<DestinationContext, 'http' | 'clock' | 'endpoints' | 'authorize' | 'redact'>,
  company: string,
): AnalyticsApi {
  const base = `${endpoints.analytics}/api/${encodeURIComponent(company)}`
  return {
    reading: () => ({ now: clock.now(), redact }),
    async call({ method, path, headers, body, signal, mayLeave }) {
      const authorization = await authorize()
      if (mayLeave && !mayLeave()) return closed
      try {
        const response = await http({
          method,
          url: base + path,
          headers: {
            ...authorization.headers,
            accept: 'application/json',
            // Without it some accounts get "Cannot find proper global company ID".
            'x-proxy-global-company-id': company,
            ...headers,
          },
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

/** Null where the answer is that of the service, not of the network or of the gateway before it. */
export function refusalOf(answer: Answer, reading: Reading): Refusal | Unknown | null {
  if (answer instanceof TransportError) {
    return { kind: answer.sent === 'no' ? 'not-sent' : 'unknown', message: answer.message }
  }
  const message = messageOf(answer, reading)
  if (answer.status === 401) return { kind: 'unauthorized', message }
  if (answer.status === 403) return { kind: 'not-permitted', message }
  if (answer.status !== 429) return null
  return { kind: 'throttled', retryAfterMs: retryAfterMs(answer.headers['retry-after'], reading.now) }
}

const ServiceError = z.object({ errorCode: z.string(), errorDescription: z.string().default('') })
const GatewayError = z.object({ error_code: z.string(), message: z.string().default('') })

/** The service's text about an error; null where the body is not an error of the service. */
export function serviceErrorOf({ body }: HttpResponse): string | null {
  const error = ServiceError.safeParse(parseJson(body)).data
  return error ? error.errorDescription || error.errorCode : null
}

/** Status, code and text of an answer, fit for a report. */
export function messageOf({ status, body }: HttpResponse, reading: Reading): string {
  const value = parseJson(body)
  const service = ServiceError.safeParse(value).data
  const gateway = GatewayError.safeParse(value).data
  const code = service?.errorCode ?? gateway?.error_code
  const text = foreignText(service?.errorDescription ?? gateway?.message ?? '', reading)
  const said = [...(code === undefined ? [] : [foreignCode(code)]), text].join(' ').trim()
  return said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`
}
