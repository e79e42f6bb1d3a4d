import { toJobError } from '../errors'
import { createRedactor } from '../http/redact'
import { createLogger } from './logger'
import { learnSecrets } from './params/secret-inputs'
import { openPlatform } from './platform'
import type { JobError } from '../errors'
import type { Job } from '../definition/job'
import type { ActionParams, Platform } from './platform'

/**
 * The frame around every action: the redactor learns the secrets before anything is logged, an error is logged and
 * becomes a result, and every log line and result is redacted.
 * @param present makes a result of an error; it is told whether only the operator may read the error
 */
export function actionFrame(
  jobs: readonly Job[],
  run: (platform: Platform) => Promise<object>,
  present: (error: JobError, params: ActionParams) => object,
): (params: ActionParams) => Promise<object> {
  return async function main(params) {
    const redactor = createRedactor()
    learnSecrets(params, process.env, redactor)
    const log = createLogger(typeof params.LOG_LEVEL === 'string' ? params.LOG_LEVEL : 'info', redactor)
    try {
      return redactor.value(await run(openPlatform(params, process.env, { jobs, log, redactor })))
    } catch (thrown) {
      const error = toJobError(thrown)
      log.error(error.message, { code: error.code, ...error.details, ...stackOf(error) })
      return redactor.value(present(error, params))
    }
  }
}

/** An action that an alarm, another action or a holder of the namespace key invokes. */
export function defineAction(
  jobs: readonly Job[],
  run: (platform: Platform) => Promise<object>,
): (params: ActionParams) => Promise<object> {
  return actionFrame(jobs, run, failure)
}

/** A result with `error` marks the activation as failed. */
function failure({ code, message, remedy }: JobError, { job }: ActionParams): object {
  return {
    ...(typeof job === 'string' ? { job } : {}),
    outcome: 'failed',
    reason: code,
    error: { code, message, remedy },
  }
}

/** An unexpected error is logged with its stack, which never becomes part of a result. */
function stackOf({ code, cause }: JobError): object {
  return code === 'unexpected' && cause instanceof Error ? { stack: cause.stack } : {}
}
