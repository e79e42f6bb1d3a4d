import { JobError } from '../../errors'
import { actionFrame } from '../action-frame'
import { httpStatusOf } from './http-status'
import { readWebRequest } from './web-request'
import type { Job } from '../../definition/job'
import type { ActionParams, Platform } from '../platform'
import type { WebRequest } from './web-request'

export interface WebResponse {
  readonly statusCode: number
  /** A list is sent as one header for each value. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/**
 * The frame around web actions. The redactor never learns a value that a caller sends: strangers could blank words of
 * the log, or headers of the answer. Errors that only the operator should know are logged, not sent.
 * @param present how an error is shown; by default as `application/problem+json` (RFC 9457)
 */
export function defineWebAction(
  jobs: readonly Job[],
  run: (platform: Platform, request: WebRequest) => Promise<WebResponse>,
  present: (error: JobError, params: ActionParams) => WebResponse = problem,
): (params: ActionParams) => Promise<object> {
  return actionFrame(
    jobs,
    async (platform) => guarded(await run(platform, readWebRequest(platform.params))),
    (error, params) => guarded(present(httpStatusOf(error) === 500 ? concealed : error, params)),
  )
}

/** Adds headers: no cache keeps the answer, and no browser guesses another media type. */
function guarded({ headers, ...response }: WebResponse): WebResponse {
  return {
    ...response,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  }
}

export function json(statusCode: number, body: object): WebResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** An error for a machine. @see RFC 9457 */
export function problem(error: JobError): WebResponse {
  const { code, message, remedy } = error
  const status = httpStatusOf(error)
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title: code, status, detail: message, remedy }),
  }
}

/** Shown instead of an error about the app's configuration, which strangers must not learn. */
const concealed = new JobError(
  'unexpected',
  'This app has an internal error.',
  'The operator of the app finds the cause in the log of this activation.',
)
