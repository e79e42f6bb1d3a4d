import { JobError } from '../../../errors'

/** A fault of a template. It does not quote the template, which may hold a secret. */
export function templateFault(what: string): JobError {
  return new JobError(
    'input-invalid',
    `A template of accessTokenRequest ${what}.`,
    'Correct the template; supported are the operators, tests and filters of Pebble that src/auth/oauth2/pebble lists.',
  )
}
