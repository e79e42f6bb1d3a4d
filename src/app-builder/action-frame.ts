import { toJobError } from '../errors'
import { createRedactor } from '../http/redact'
import { endOf, isFailure } from './activation-end'
import { createLogger } from './logger'
import { learnSecrets } from './params/secret-inputs'
import { openPlatform } from './platform'
import type { JobError } from '../errors'
import type { Job } from '../definition/job'
import type { ActionParams, Platform } from './platform'

/**
 * The frame around every action: the redactor learns the secrets before anything is logged, an error is logged and
 * becomes a result, and every log line and result is redacted. Each activation leaves the line `activation-ended`, also
 * where it failed early or had nothing to do, so that a log forwarding can alert.
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
    // Read before the first await: a later activation in this container overwrites the environment.
    const { __OW_ACTION_NAME: path = '', __OW_ACTIVATION_ID: activation } = process.env
    const action = path.split('/').at(-1)
    const ended = (result: object) => {
      log[isFailure(result) ? 'error' : 'info']('activation-ended', { action, activation, ...endOf(result) })
      return redactor.value(result)
    }
    try {
      return ended(await run(openPlatform(params, process.env, { jobs, log, redactor })))
    } catch (thrown) {
      const error = toJobError(thrown)
      log.error(error.message, { code: error.code, ...error.details, ...stackOf(error) })
      return ended(present(error, params))
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
