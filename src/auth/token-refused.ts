import { JobError } from '../errors'
import type { ErrorDetails } from '../errors'

/**
 * The meaning of a refusal. `credential-gone`: the client exists, but no longer with this kind of credential.
 * `withdrawn`: the owner of the data has withdrawn the consent. `other`: every code that is not known to mean one of
 * these; no grant or tenant may be given up because of it.
 */
export type RefusalMeaning = 'credential-gone' | 'withdrawn' | 'other'

/** An authorization server refused a credential (`token-refused`). */
export class TokenRefused extends JobError {
  constructor(
    message: string,
    remedy: string,
    /** The facts that callers decide by. */
    readonly refusal: {
      /** The server's error code; undefined if it sent none. */
      readonly serverCode: string | undefined
      readonly meaning: RefusalMeaning
    },
    details: ErrorDetails = {},
  ) {
    super('token-refused', message, remedy, { details })
  }
}
