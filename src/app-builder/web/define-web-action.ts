import { JobError } from '../../errors'
import { actionFrame } from '../action-frame'
import { readWebRequest } from './web-request'
import type { JobErrorCode } from '../../errors'
import type { Job } from '../../jobs/job'
import type { ActionParams, Platform } from '../platform'
import type { WebRequest } from './web-request'

export interface WebResponse {
  readonly statusCode: number
  /** A list is sent as so many headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

const statusOf: Partial<Record<JobErrorCode, number>> = {
  'params-invalid': 400,
  'consent-invalid': 400,
  'caller-unauthorized': 401,
  'caller-forbidden': 403,
  'consent-declined': 403,
  'job-unknown': 404,
  'token-unavailable': 503,
  'store-unreachable': 503,
}

export function httpStatusOf({ code }: JobError): number {
  return statusOf[code] ?? 500
}

/**
 * The frame around web actions. What a caller sends is no secret and is never learnt as one: strangers could blank
 * words of the log, or headers of the answer. What only the operator should know is logged, not sent.
 * @param present how an error is shown; by default as `application/problem+json` (RFC 9457)
 */
export function defineWebAction(
  jobs: readonly Job[],
  run: (platform: Platform, request: WebRequest) => Promise<WebResponse>,
  present: (error: JobError) => WebResponse = problem,
): (params: ActionParams) => Promise<object> {
  return actionFrame(
    jobs,
    async (platform) => guarded(await run(platform, readWebRequest(platform.params))),
    (error) => guarded(present(httpStatusOf(error) === 500 ? concealed : error)),
  )
}

/** Nothing of an answer is kept, and no browser takes it for something else than it says it is. */
function guarded({ headers, ...response }: WebResponse): WebResponse {
  return {
    ...response,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  }
}

export function json(statusCode: number, body: object): WebResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** @see RFC 9457 */
function problem(error: JobError): WebResponse {
  const { code, message, remedy } = error
  const status = httpStatusOf(error)
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title: code, status, detail: message, remedy }),
  }
}

/** A stranger learns nothing of this app's configuration. */
const concealed = new JobError(
  'unexpected',
  'Something is wrong with this app.',
  'Whoever runs it finds the cause in the logs of this activation.',
)
