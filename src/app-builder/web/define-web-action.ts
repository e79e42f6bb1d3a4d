import { JobError, toJobError } from '../../errors'
import { createRedactor } from '../../http/redact'
import { learnSecrets } from '../define-action'
import { createLogger } from '../logger'
import { readWebRequest } from './web-request'
import type { JobErrorCode } from '../../errors'
import type { Job } from '../../jobs/job'
import type { ActionContext, ActionParams } from '../define-action'
import type { WebRequest } from './web-request'

export interface WebResponse {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

export interface WebContext extends ActionContext {
  readonly request: WebRequest
}

const statusOf: Partial<Record<JobErrorCode, number>> = {
  'params-invalid': 400,
  'consent-invalid': 400,
  'caller-unauthorized': 401,
  'consent-declined': 403,
  'job-unknown': 404,
  'token-unavailable': 503,
  'store-unreachable': 503,
}

export function httpStatusOf({ code }: JobError): number {
  return statusOf[code] ?? 500
}

/**
 * The frame around web actions. An error becomes an answer; what only the operator should know is logged, not sent.
 * @param present how an error is shown; by default as `application/problem+json` (RFC 9457)
 */
export function defineWebAction(
  jobs: readonly Job[],
  run: (context: WebContext) => Promise<WebResponse>,
  present: (error: JobError) => WebResponse = problem,
): (params: ActionParams) => Promise<object> {
  return async function main(params) {
    const redactor = createRedactor()
    learnSecrets(params, redactor)
    const log = createLogger(typeof params.LOG_LEVEL === 'string' ? params.LOG_LEVEL : 'info', redactor)
    try {
      const request = readWebRequest(params)
      if (!request) throw notOverTheWeb
      for (const name of ['authorization', 'cookie']) redactor.add(request.headers[name] ?? '')
      return redactor.value(await run({ jobs, params, log, redactor, request }))
    } catch (thrown) {
      const error = toJobError(thrown)
      log.error(error.message, { code: error.code, ...error.details })
      return redactor.value(present(httpStatusOf(error) === 500 ? concealed : error))
    }
  }
}

/** @see RFC 9457 */
export function problem(error: JobError): WebResponse {
  const { code, message, remedy } = error
  const status = httpStatusOf(error)
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ type: 'about:blank', title: code, status, detail: message, remedy }),
  }
}

/** A stranger learns nothing of this app's configuration. */
const concealed = new JobError(
  'unexpected',
  'Something is wrong with this app.',
  'Whoever runs it finds the cause in the logs of this activation.',
)

const notOverTheWeb = new JobError(
  'params-invalid',
  'This is a web action.',
  'Call it over HTTPS: `aio app get-url` prints its address.',
)
