import * as z from 'zod'
import { TransportError } from '../../http/http-client'
import { retryAfterMs } from '../../http/retry-after'
import type { HttpResponse } from '../../http/http-client'
import type { KeyLookupAnswer, SendAnswer, VerifyAnswer } from '../destination'

/** What came of a request. */
export type Answer = HttpResponse | TransportError

const accepted = new Set(['UPLOADED', 'PROCESSING', 'COMPLETE'])
/** Processing logs grow with the file; the report keeps their beginning. */
const logChars = 1_000

const UploadedFile = z.object({
  /** Missing from some answers; the counts decide then. */
  status_code: z.string().optional(),
  rows: z.number().optional(),
  invalid_rows: z.number().optional(),
  processing_log: z.string().optional(),
  error: z.string().optional(),
})
const FoundFile = z.object({ rows: z.number() })
const ErrorBody = z.object({ error: z.string() })
const GatewayError = z.object({ error_code: z.string(), message: z.string().optional() })

/** What an answer to POST /events proves. Whatever is not known to be one of these proves nothing. */
export function sendAnswer(answer: Answer, now: number): SendAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  if (answer.status === 413) return { kind: 'too-large', message: messageOf(answer) }
  const refusal = refused(answer, now)
  if (refusal) return refusal

  const body = json(answer)
  if (answer.status === 400) {
    const error = ErrorBody.safeParse(body)
    return error.success
      ? { kind: 'rejected', message: rejection(body, error.data.error) }
      : { kind: 'unknown', message: messageOf(answer) }
  }
  const file = UploadedFile.safeParse(body)
  if (answer.status !== 200 || !file.success) return { kind: 'unknown', message: messageOf(answer) }
  const { status_code: status, rows, invalid_rows: invalidRows, processing_log: log = '', error } = file.data
  if (status === 'REJECTED') return { kind: 'rejected', message: rejection(body, error ?? log) }
  const named = status === undefined || accepted.has(status)
  if (!named || rows === undefined || invalidRows === undefined) {
    return { kind: 'unknown', message: `HTTP 200, status ${status ?? 'missing'}` }
  }
  if (rows > 0 && invalidRows === rows) return { kind: 'rejected', message: shortened(log) }
  return { kind: 'accepted', rows, invalidRows, log: shortened(log) }
}

/** What an answer to GET /events/key/{key} proves. Only one very answer proves absence. */
export function lookupAnswer(answer: Answer, now: number): KeyLookupAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  const refusal = refused(answer, now)
  if (refusal) return refusal
  const body = json(answer)
  if (answer.status === 200) {
    const found = FoundFile.safeParse(body)
    if (found.success) return { kind: 'found', rows: found.data.rows }
  }
  if (answer.status === 404 && JSON.stringify(body) === '{"error":"File not found"}')
    return { kind: 'absent' }
  return { kind: 'unknown', message: messageOf(answer) }
}

/** What an answer to POST /events/validate proves. */
export function verifyAnswer(answer: Answer, now: number): VerifyAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  const refusal = refused(answer, now)
  if (refusal) return refusal
  const body = json(answer)
  const success = z.object({ success: z.string() }).safeParse(body)
  if (answer.status === 200 && success.success && success.data.success.toLowerCase() === 'file is valid') {
    return { kind: 'valid' }
  }
  const error = ErrorBody.safeParse(body)
  if (answer.status === 400 && error.success) return { kind: 'invalid', message: error.data.error }
  return { kind: 'unknown', message: messageOf(answer) }
}

function noAnswer({ sent, message }: TransportError) {
  return { kind: sent === 'no' ? 'not-sent' : 'unknown', message } as const
}

/** Answers that come before anything is looked at. */
function refused(response: HttpResponse, now: number) {
  const message = messageOf(response)
  if (response.status === 401) return { kind: 'unauthorized', message } as const
  if (response.status === 403) return { kind: 'not-permitted', message } as const
  if (response.status === 429) {
    return { kind: 'throttled', retryAfterMs: retryAfterMs(response.headers['retry-after'], now) } as const
  }
  return null
}

function rejection(body: unknown, error: string): string {
  const log = UploadedFile.partial().safeParse(body).data?.processing_log
  return shortened(log && log !== error ? `${error} ${log}` : error)
}

function messageOf(response: HttpResponse): string {
  const body = json(response)
  const error = ErrorBody.safeParse(body).data?.error
  const gateway = GatewayError.safeParse(body).data
  const text = error ?? (gateway && `${gateway.error_code} ${gateway.message ?? ''}`.trim())
  return text === undefined ? `HTTP ${response.status}` : `HTTP ${response.status}: ${shortened(text)}`
}

function shortened(text: string): string {
  return text.length <= logChars ? text : `${text.slice(0, logChars)}…`
}

function json(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8'))
  } catch {
    return undefined
  }
}
