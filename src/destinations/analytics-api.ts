import * as z from 'zod'
import { foreignCode, foreignText } from '../http/foreign-text'
import { TransportError } from '../http/http-client'
import { parseJson } from '../http/json'
import { createSingleAttempts, noAnswer, refusalIn } from './single-attempts'
import type { HttpResponse } from '../http/http-client'
import type { DestinationContext, Refusal, Unknown } from './destination'
import type { Answer, Reading, SingleAttempts } from './single-attempts'

/** Single attempts of requests to `analytics.adobe.io`: paths follow `/api/<company>`. */
export type AnalyticsApi = SingleAttempts

/** @param company global company id, the first part of each path */
export function createAnalyticsApi(
  context: Pick<DestinationContext, 'http' | 'clock' | 'endpoints' | 'authorize' | 'redact'>,
  company: string,
): AnalyticsApi {
  const base = `${context.endpoints.analytics}/api/${encodeURIComponent(company)}`
  const { call, reading } = createSingleAttempts(context, base)
  // Without it some accounts get "Cannot find proper global company ID".
  const named = { 'x-proxy-global-company-id': company }
  return { reading, call: (request) => call({ ...request, headers: { ...named, ...request.headers } }) }
}

/** Null where the answer is that of the service, not of the network or of the gateway before it. */
export function refusalOf(answer: Answer, reading: Reading): Refusal | Unknown | null {
  if (answer instanceof TransportError) return noAnswer(answer)
  return answer.status === 200 ? null : refusalIn(answer, messageOf(answer, reading), reading.now)
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
