import * as z from 'zod'
import { foreignCode } from '../../http/foreign-text'
import { TransportError } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { messageOf, refusalOf, serviceErrorOf } from '../analytics-api'
import type { Answer, Reading } from '../single-attempts'
import type { PollAnswer, Refusal, SendAnswer, Unknown } from '../destination'
import type { Account } from './account'

const Id = z.union([z.number().int(), z.string().min(1)]).transform(String)
const Job = z.object({
  filename: z.string(),
  job_id: Id,
  status: z.string(),
  /** Rows that were processed; it says how many, and not which. */
  rows: z.number().nullish(),
})
const JobPage = z.object({ jobs: z.array(Job), total_pages: z.number().int().nonnegative() })
/** Everything else of an account is dropped unread, its FTP password above all. */
const Accounts = z.array(
  z
    .object({ data_source_id: Id, name: z.string() })
    .transform(({ data_source_id: id, name }) => ({ id, name })),
)

export type ListAnswer = { readonly kind: 'page'; readonly page: z.infer<typeof JobPage> } | Refusal | Unknown
export type AccountsAnswer =
  { readonly kind: 'accounts'; readonly accounts: readonly Account[] } | Refusal | Unknown

/** Reads the answer to the upload. Adobe validates the file later, when it processes it. */
export function uploadAnswer(answer: Answer, accountId: string, reading: Reading): SendAnswer {
  const refusal = refused(answer, reading)
  if (refusal) return refusal
  if (answer instanceof TransportError) return { kind: 'unknown', message: answer.message }
  const message = messageOf(answer, reading)
  if (answer.status === 413) return { kind: 'too-large', message }
  if (answer.status === 400 && serviceErrorOf(answer) !== null) return { kind: 'rejected', message }
  const job = Job.safeParse(parseJson(answer.body))
  if (answer.status !== 200 || !job.success) return { kind: 'unknown', message }
  return { kind: 'accepted', receipt: `${accountId}/${job.data.job_id}` }
}

/** Reads one page of the list of jobs. Any other body proves nothing. */
export function listAnswer(answer: Answer, reading: Reading): ListAnswer {
  const body = bodyOf(answer, reading)
  if (body.kind !== 'body') return body
  const page = JobPage.safeParse(body.value)
  return page.success ? { kind: 'page', page: page.data } : notRecognised
}

/** The accounts of a report suite. */
export function accountsAnswer(answer: Answer, reading: Reading): AccountsAnswer {
  const body = bodyOf(answer, reading)
  if (body.kind !== 'body') return body
  const accounts = Accounts.safeParse(body.value)
  return accounts.success ? { kind: 'accounts', accounts: accounts.data } : notRecognised
}

/** Reads the status of a job. */
export function jobAnswer(answer: Answer, reading: Reading): PollAnswer {
  const body = bodyOf(answer, reading)
  if (body.kind !== 'body') return body
  const job = Job.safeParse(body.value)
  if (!job.success) return notRecognised
  const { status, rows } = job.data
  const counted = typeof rows === 'number' ? { rows } : {}
  switch (status) {
    case 'uploaded':
    case 'processing':
      return { kind: 'processing' }
    case 'success':
      return typeof rows === 'number'
        ? { kind: 'done', rows }
        : { kind: 'unknown', message: 'The job is done and does not say how many rows it processed.' }
    case 'failure':
      return { kind: 'failed', cause: 'rejected', message: 'The job failed.', ...counted }
    case 'deleted':
      // The number of rows processed before the deletion is unknown, also where the answer has a count.
      return { kind: 'failed', cause: 'broken', message: 'The job was deleted.' }
    default:
      return { kind: 'unknown', message: `The job has the status ${foreignCode(status)}.` }
  }
}

const notRecognised: Unknown = { kind: 'unknown', message: 'HTTP 200 with a body that is not recognised.' }

function bodyOf(
  answer: Answer,
  reading: Reading,
): { readonly kind: 'body'; readonly value: unknown } | Refusal | Unknown {
  const refusal = refused(answer, reading)
  if (refusal) return refusal
  if (answer instanceof TransportError) return { kind: 'unknown', message: answer.message }
  if (answer.status === 200) return { kind: 'body', value: parseJson(answer.body) }
  return { kind: 'unknown', message: messageOf(answer, reading) }
}

/** Answers that come before Adobe reads the file. */
function refused(answer: Answer, reading: Reading): Refusal | Unknown | null {
  const refusal = refusalOf(answer, reading)
  if (refusal || answer instanceof TransportError) return refusal
  // The service itself does not know the report suite, the account or the job: nothing was taken.
  const isMissing = answer.status === 404 && serviceErrorOf(answer) !== null
  return isMissing ? { kind: 'not-permitted', message: messageOf(answer, reading) } : null
}
