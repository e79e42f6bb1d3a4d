import * as z from 'zod'
import { foreignCode, foreignText } from '../../http/foreign-text'
import { TransportError } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { messageOf, refusalOf, serviceErrorOf } from '../analytics-api'
import type { HttpResponse } from '../../http/http-client'
import type { Answer, Reading } from '../single-attempts'
import type { PollAnswer, PrepareAnswer, Refusal, SendAnswer, Unknown } from '../destination'

type Rejected = Extract<SendAnswer, { kind: 'rejected' | 'too-large' }>

const CreatedJob = z.object({ api_job_id: z.string().min(1) })
const UploadedFile = z.object({ status: z.string() })
const ImportJob = z.object({ import_job_id: z.string().min(1) })
const Job = z.object({
  state: z.string(),
  totalLines: z.number().nullish(),
  history: z.array(z.object({ message: z.string().nullish() })).nullish(),
})

/** The content of a receipt: the import job to poll, and the number of lines that it was given. */
export interface Receipt {
  readonly jobId: string
  readonly lines: number
}

export function receiptText({ jobId, lines }: Receipt): string {
  return `${jobId}/${lines}`
}

export function parseReceipt(receipt: string): Receipt {
  const end = receipt.lastIndexOf('/')
  return { jobId: receipt.slice(0, end), lines: Number(receipt.slice(end + 1)) }
}

/** Reads the answer to `createApiJob`: the id of the job, or the reason why there is none. */
export function createdAnswer(answer: Answer, reading: Reading): PrepareAnswer {
  const read = readAnswer(answer, reading, CreatedJob)
  return read.kind === 'read' ? { kind: 'prepared', handle: read.value.api_job_id } : read
}

/** Reads the answer to `uploadFile`. */
export function uploadedAnswer(answer: Answer, reading: Reading, handle: string): PrepareAnswer {
  const read = readAnswer(answer, reading, UploadedFile)
  if (read.kind !== 'read') return read
  if (read.value.status.toLowerCase() === 'success') return { kind: 'prepared', handle }
  return { kind: 'rejected', message: `The upload ended as ${foreignCode(read.value.status)}.` }
}

/** Reads the answer to a commit, or to an import of JSON. A 200 that names no import job proves nothing. */
export function importAnswer(answer: Answer, reading: Reading, lines: number): SendAnswer {
  const read = readAnswer(answer, reading, ImportJob)
  if (read.kind !== 'read') return read
  return { kind: 'accepted', receipt: receiptText({ jobId: read.value.import_job_id, lines }) }
}

const atWork = new Set(['created', 'queued', 'validated', 'processing', 'done_processing', 'progress'])

/**
 * Reads the state of an import job.
 * @param rows of the batch; `lines` of its file, which are more where a row sets and deletes values
 */
export function pollAnswer(answer: Answer, reading: Reading, rows: number, lines: number): PollAnswer {
  const read = readAnswer(answer, reading, Job)
  if (read.kind === 'rejected' || read.kind === 'too-large') return { kind: 'unknown', message: read.message }
  if (read.kind !== 'read') return read
  const { totalLines, history } = read.value
  const state = read.value.state.toLowerCase().replaceAll(' ', '_')
  const said = history?.at(-1)?.message ?? ''
  const message = foreignText(said, { ...reading, code: state })
  if (atWork.has(state)) return { kind: 'processing' }
  if (state === 'completed' || state === 'complete') {
    const imported = importedLines(history ?? []) ?? totalLines ?? null
    if (imported === null)
      return { kind: 'unknown', message: 'The import is complete and does not say how many lines it has.' }
    return { kind: 'done', rows: imported === lines ? rows : Math.max(0, rows - Math.abs(lines - imported)) }
  }
  if (state === 'failed_validation') return { kind: 'failed', cause: 'rejected', rows: 0, message }
  if (state === 'failed_processing' || state === 'failed') return { kind: 'failed', cause: 'broken', message }
  return { kind: 'unknown', message: `The import job is in the state ${foreignCode(state)}.` }
}

/**
 * "Successfully imported 5/5 records." says how many lines took effect. It need not be the last entry; of several, the
 * least number counts.
 */
function importedLines(history: readonly { readonly message?: string | null | undefined }[]): number | null {
  const counts = history.flatMap(({ message }) => {
    const imported = /imported (\d+)\s*\/\s*\d+/i.exec(message ?? '')?.[1]
    return imported === undefined ? [] : [Number(imported)]
  })
  return counts.length === 0 ? null : Math.min(...counts)
}

export type Read<Value> = { readonly kind: 'read'; readonly value: Value } | Rejected | Refusal | Unknown

const tooLarge = /too big|too large|size exceeds|exceeds the limit/i

/**
 * A 200 with the expected body, or what else the answer proves. Only an error in the service's own words is a rejection:
 * anything else may come from a gateway, while the request takes effect.
 */
export function readAnswer<Schema extends z.ZodType>(
  answer: Answer,
  reading: Reading,
  schema: Schema,
): Read<z.output<Schema>> {
  const refusal = refusalOf(answer, reading)
  if (refusal) return refusal
  const response = answer as HttpResponse
  if (response.status === 200) {
    const parsed = schema.safeParse(parseJson(response.body))
    if (parsed.success) return { kind: 'read', value: parsed.data }
  }
  const message = messageOf(response, reading)
  if (response.status === 413) return { kind: 'too-large', message }
  const error = response.status >= 400 && response.status < 500 ? serviceErrorOf(response) : null
  if (error === null || response.status === 408 || response.status === 409)
    return { kind: 'unknown', message }
  return { kind: tooLarge.test(error) ? 'too-large' : 'rejected', message }
}

/** True where the service answers that the object does not exist. */
export function isNotFound(answer: Answer): boolean {
  return !(answer instanceof TransportError) && answer.status === 404
}
