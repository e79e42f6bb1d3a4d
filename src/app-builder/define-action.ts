import { toJobError } from '../errors'
import { createRedactor } from '../http/redact'
import { createLogger } from './logger'
import type { JobError } from '../errors'
import type { Redactor } from '../http/redact'
import type { Job } from '../jobs/job'
import type { Log } from '../log'

export type ActionParams = Readonly<Record<string, unknown>>

/** What an action's own code gets to see. */
export interface ActionContext {
  /** Every job of the app. */
  readonly jobs: readonly Job[]
  readonly params: ActionParams
  readonly log: Log
  readonly redactor: Redactor
}

/** Inputs whose values must never be printed. */
const secretNames = /(SECRET|PRIVATE_KEY|PASSWORD|TOKEN|API_KEY|ENCRYPTION_KEY)/

/**
 * The frame around every action: secrets are learnt before anything is logged, errors become a result that says what
 * was wrong and what to do, and nothing leaves unredacted.
 */
export function defineAction(
  jobs: readonly Job[],
  run: (context: ActionContext) => Promise<object>,
): (params: ActionParams) => Promise<object> {
  return async function main(params) {
    const redactor = createRedactor()
    learnSecrets(params, redactor)
    const log = createLogger(typeof params.LOG_LEVEL === 'string' ? params.LOG_LEVEL : 'info', redactor)
    try {
      return redactor.value(await run({ jobs, params, log, redactor }))
    } catch (thrown) {
      const error = toJobError(thrown)
      log.error(error.message, { code: error.code, ...error.details, ...causeOf(error) })
      return redactor.value(failure(params, error))
    }
  }
}

/** Every secret that an activation gets to see, before anything is logged. */
export function learnSecrets(params: ActionParams, redactor: Redactor): void {
  for (const secret of secretsIn(params)) redactor.add(secret)
  redactor.add(process.env.__OW_API_KEY ?? '')
}

/** A result with `error` marks the activation as failed. */
function failure(params: ActionParams, { code, message, remedy, recovery }: JobError): object {
  return {
    ...(typeof params.job === 'string' ? { job: params.job } : {}),
    outcome: 'failed',
    reason: code,
    error: { code, message, remedy, recovery },
  }
}

/** Faults of ours are logged with their stack; it never becomes part of a result. */
function causeOf({ code, cause }: JobError): object {
  return code === 'unexpected' && cause instanceof Error ? { stack: cause.stack } : {}
}

function* secretsIn(params: ActionParams): Iterable<string> {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && secretNames.test(name)) yield* partsOf(value)
  }
  const annotated = params.__ims_oauth_s2s
  if (typeof annotated === 'object' && annotated !== null && 'client_secret' in annotated) {
    yield* partsOf(String(annotated.client_secret))
  }
}

/** A list of secrets is secret as a whole and in its parts. */
function* partsOf(value: string): Iterable<string> {
  yield value
  for (const part of value.match(/[^\s,"[\]]+/g) ?? []) yield part
}
