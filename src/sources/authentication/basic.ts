import * as z from 'zod'
import { JobError } from '../../errors'
import { parseOptions } from '../../options'
import { constantHeaders } from './request-authentication'
import { InputOption, SecretOption } from './secret-option'
import type { InputReference } from '../../inputs'
import type { RequestAuthentication } from './request-authentication'

export interface Basic {
  /** `input('…')`, or `secret('…')` where the API takes a key as the user name. */
  readonly username: InputReference
  /** `secret('…')`. Default: an empty password. */
  readonly password?: InputReference
}

const Options = z.strictObject({ username: InputOption, password: SecretOption.optional() })

/** HTTP Basic, in UTF-8. @see RFC 7617 */
export function basic(options: Basic): RequestAuthentication {
  const { username, password } = options
  return {
    kind: 'request',
    inputs: password ? [username, password] : [username],
    faults: parseOptions('basic', Options, options).faults,
    open({ inputs }) {
      const user = inputs(username)
      if (user.includes(':')) throw hasColon(username)
      const pair = `${user}:${password ? inputs(password) : ''}`
      return constantHeaders({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
    },
  }
}

function hasColon({ name }: InputReference): JobError {
  return new JobError(
    'input-invalid',
    `The input ${name} contains a colon, which HTTP Basic cannot transmit in a user name.`,
    `Correct ${name} in .env and deploy again.`,
    { details: { input: name } },
  )
}
