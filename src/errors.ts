/**
 * What a run does about each kind of failure:
 * `retry` a later tick tries again by itself, `skip` leaves out one record, `abort` waits for a person.
 */
const recoveryOf = {
  // the request itself
  'params-invalid': 'abort',
  'job-unknown': 'abort',
  'job-invalid': 'abort',
  'input-missing': 'abort',
  'input-invalid': 'abort',
  'definition-changed': 'abort',
  // the source
  'source-unreachable': 'retry',
  'source-refused': 'retry',
  'source-malformed': 'retry',
  'source-order': 'abort',
  'source-outside-slice': 'abort',
  'slice-too-large': 'abort',
  'too-many-rejects': 'abort',
  // tokens
  'token-not-configured': 'abort',
  'token-refused': 'abort',
  'token-unavailable': 'retry',
  'needs-reauth': 'abort',
  'consent-declined': 'abort',
  'consent-invalid': 'abort',
  'caller-unauthorized': 'abort',
  'caller-forbidden': 'abort',
  // the destination
  'not-authorized': 'abort',
  'not-permitted': 'abort',
  'destination-unreachable': 'retry',
  'batch-held': 'abort',
  'no-progress': 'abort',
  // durable state
  'lease-lost': 'retry',
  'state-missing': 'abort',
  'state-corrupt': 'abort',
  'store-unreachable': 'retry',
  'store-refused': 'abort',
  'secret-in-state': 'abort',
  // one record
  'row-invalid': 'skip',
  // a fault of ours
  unexpected: 'retry',
} as const

export type JobErrorCode = keyof typeof recoveryOf
export type Recovery = (typeof recoveryOf)[JobErrorCode]

/** Facts for the log and the report. Never a secret: they are printed. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>

/**
 * The one error this app throws on purpose. `message` says what was wrong and where; `remedy` what to do about it.
 */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly recovery: Recovery

  constructor(
    readonly code: JobErrorCode,
    message: string,
    readonly remedy: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.recovery = recoveryOf[code]
    this.details = options.details ?? {}
  }

  readonly details: ErrorDetails
}

/** Narrows to a {@link JobError}; anything else that is thrown is a fault of ours and becomes `unexpected`. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof JobError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new JobError('unexpected', `Unexpected failure: ${message}`, 'Run again; if it stays, report it.', {
    cause: thrown,
  })
}
