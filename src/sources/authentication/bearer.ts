import * as z from 'zod'
import { parseOptions } from '../../options'
import { headerValue } from './header-value'
import { constantHeaders } from './request-authentication'
import { SecretOption } from './secret-option'
import type { InputReference } from '../../inputs'
import type { RequestAuthentication } from './request-authentication'

export interface Bearer {
  /** `secret('…')` with a token that does not expire, such as a personal access token. */
  readonly token: InputReference
}

const Options = z.strictObject({ token: SecretOption })

/** A token that was handed out once. @see RFC 6750 §2.1 */
export function bearer(options: Bearer): RequestAuthentication {
  const { token } = options
  return {
    kind: 'request',
    inputs: [token],
    faults: parseOptions('bearer', Options, options).faults,
    open: ({ inputs }) => constantHeaders({ authorization: `Bearer ${headerValue(token, inputs)}` }),
  }
}
