import { JobError } from '../errors'
import type { ErrorDetails } from '../errors'

/**
 * What a refusal is about. `credential-gone`: the client exists, but no longer with this kind of credential.
 * `withdrawn`: whose data it is has taken the consent back. `other` covers everything that is not known to be one of
 * these: nothing may be given up for it.
 */
export type RefusalMeaning = 'credential-gone' | 'withdrawn' | 'other'

/** An authorization server refused a credential (`token-refused`). */
export class TokenRefused extends JobError {
  constructor(
    message: string,
    remedy: string,
    /** What callers decide by. */
    readonly refusal: {
      /** The server's own code; undefined where it sent none that looks like one. */
      readonly serverCode: string | undefined
      readonly meaning: RefusalMeaning
    },
    details: ErrorDetails = {},
  ) {
    super('token-refused', message, remedy, { details })
  }
}
