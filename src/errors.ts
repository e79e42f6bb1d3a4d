/** Every code that an error of this app can have. docs/errors.md explains each; `pipeline/commands/exits.ts` has its exit. */
export const jobErrorCodes = [
  // the request itself
  'params-invalid',
  'job-unknown',
  'job-invalid',
  'input-missing',
  'input-invalid',
  'definition-changed',
  // the source
  'source-unreachable',
  'source-refused',
  'source-malformed',
  'source-order',
  'source-outside-slice',
  'source-drift',
  'join-unusable',
  'slice-too-large',
  'too-many-rejects',
  // tokens
  'token-not-configured',
  'token-refused',
  'token-unavailable',
  'needs-reauth',
  'consent-declined',
  'consent-invalid',
  'caller-unauthorized',
  'caller-forbidden',
  // the destination
  'not-authorized',
  'not-permitted',
  'destination-unreachable',
  'target-unresolved',
  'batch-held',
  'no-progress',
  'arrival-missing',
  // durable state
  'lease-lost',
  'state-missing',
  'state-corrupt',
  'store-unreachable',
  'store-refused',
  'secret-in-state',
  // alerts
  'webhook-unreachable',
  'webhook-refused',
  // one record
  'row-invalid',
  // the command line
  'action-unavailable',
  // a defect of this app
  'unexpected',
] as const

export type JobErrorCode = (typeof jobErrorCodes)[number]

/** Facts for the log and the report. Never a secret: they are printed. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>

/**
 * The one error this app throws on purpose. `message` says what was wrong and where; `remedy` what to do about it.
 */
export class JobError extends Error {
  override readonly name = 'JobError'

  constructor(
    readonly code: JobErrorCode,
    message: string,
    readonly remedy: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.details = options.details ?? {}
  }

  readonly details: ErrorDetails
}

/** Narrows to a {@link JobError}; anything else that is thrown is a defect of this app and becomes `unexpected`. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof JobError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const remedy = 'Run again; if the error stays, report it as a defect of this app.'
  return new JobError('unexpected', `Unexpected failure: ${message}`, remedy, { cause: thrown })
}
