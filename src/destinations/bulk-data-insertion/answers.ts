import * as z from 'zod'
import { foreignCode, foreignText } from '../../http/foreign-text'
import { TransportError } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { noAnswer, refusalIn } from '../single-attempts'
import type { HttpResponse } from '../../http/http-client'
import type { KeyLookupAnswer, Refusal, SendAnswer, VerifyAnswer } from '../destination'
import type { Answer, Reading } from '../single-attempts'

const accepted = new Set(['UPLOADED', 'PROCESSING', 'COMPLETE'])

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

/** Reads the answer to POST /events. An answer that is not known proves nothing. */
export function sendAnswer(answer: Answer, reading: Reading): SendAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  if (answer.status === 413) return { kind: 'too-large', message: messageOf(answer, reading) }
  const refusal = refused(answer, reading)
  if (refusal) return refusal

  const body = parseJson(answer.body)
  if (answer.status === 400) {
    const error = ErrorBody.safeParse(body)
    return error.success
      ? { kind: 'rejected', message: rejection(body, error.data.error, reading) }
      : { kind: 'unknown', message: messageOf(answer, reading) }
  }
  const file = UploadedFile.safeParse(body)
  if (answer.status !== 200 || !file.success) return { kind: 'unknown', message: messageOf(answer, reading) }
  const { status_code: status, rows, invalid_rows: invalidRows, processing_log: log = '', error } = file.data
  if (status === 'REJECTED') return { kind: 'rejected', message: rejection(body, error ?? log, reading) }
  const named = status === undefined || accepted.has(status)
  if (!named || rows === undefined || invalidRows === undefined) {
    return {
      kind: 'unknown',
      message: `HTTP 200, status ${status === undefined ? 'missing' : foreignCode(status)}`,
    }
  }
  if (rows > 0 && invalidRows === rows) return { kind: 'rejected', message: foreignText(log, reading) }
  return { kind: 'accepted', rows, invalidRows, log: foreignText(log, reading) }
}

/** Reads the answer to GET /events/key/{key}. Exactly one answer proves absence. */
export function lookupAnswer(answer: Answer, reading: Reading): KeyLookupAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  const refusal = refused(answer, reading)
  if (refusal) return refusal
  const body = parseJson(answer.body)
  if (answer.status === 200) {
    const found = FoundFile.safeParse(body)
    if (found.success) return { kind: 'found', rows: found.data.rows }
  }
  if (answer.status === 404 && JSON.stringify(body) === '{"error":"File not found"}')
    return { kind: 'absent' }
  return { kind: 'unknown', message: messageOf(answer, reading) }
}

/** Reads the answer to POST /events/validate. */
export function verifyAnswer(answer: Answer, reading: Reading): VerifyAnswer {
  if (answer instanceof TransportError) return noAnswer(answer)
  const refusal = refused(answer, reading)
  if (refusal) return refusal
  const body = parseJson(answer.body)
  const success = z.object({ success: z.string() }).safeParse(body)
  if (answer.status === 200 && success.success && success.data.success.toLowerCase() === 'file is valid') {
    return { kind: 'valid' }
  }
  const error = ErrorBody.safeParse(body)
  if (answer.status === 400 && error.success)
    return { kind: 'invalid', message: foreignText(error.data.error, reading) }
  return { kind: 'unknown', message: messageOf(answer, reading) }
}

/** Answers that come before Adobe reads the file. */
function refused(response: HttpResponse, reading: Reading): Refusal | null {
  return refusalIn(response, messageOf(response, reading), reading.now)
}

function rejection(body: unknown, error: string, reading: Reading): string {
  const log = UploadedFile.partial().safeParse(body).data?.processing_log
  return foreignText(log && log !== error ? `${error} ${log}` : error, reading)
}

function messageOf(response: HttpResponse, reading: Reading): string {
  const body = parseJson(response.body)
  const error = ErrorBody.safeParse(body).data?.error
  const gateway = GatewayError.safeParse(body).data
  const text = error ?? gateway?.message ?? ''
  const said = [...(gateway ? [foreignCode(gateway.error_code)] : []), foreignText(text, reading)]
    .join(' ')
    .trim()
  return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`
}
