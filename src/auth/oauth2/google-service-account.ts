import { createPrivateKey, sign } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { parseOptions } from '../../options'
import { askAuthority, formType } from '../authority'
import { learning } from '../learning'
import { memoize } from '../memoize'
import { grantFrom, tokenOf } from './grant'
import { exchangeWith, readStandardAnswer } from './token-answer'
import type { InputReference, Inputs } from '../../inputs'
import type { AccessToken } from '../token-provider'
import type { Authentication, AuthenticationContext } from './authentication'

export interface GoogleServiceAccount {
  /** `secret('…')` with the JSON key file of the service account. */
  readonly key: InputReference
  /** Such as `https://www.googleapis.com/auth/analytics.readonly`. */
  readonly scope: readonly string[]
  /** The user on whose behalf it reads, where a domain has delegated that. */
  readonly subject?: string
}

const lifeSeconds = 3600
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const Options = z.strictObject({
  key: z.custom<object>(
    (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secret',
    'must be secret(…)',
  ),
  scope: z.array(z.string().min(1)).min(1, 'must name a scope'),
  subject: z.string().min(1, 'must not be empty').optional(),
})

const KeyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.string().default('https://oauth2.googleapis.com/token'),
})
type KeyFile = z.infer<typeof KeyFile>

/**
 * A service account of Google Cloud: a signed JWT in exchange for an access token.
 * @see RFC 7523 §2.1, https://developers.google.com/identity/protocols/oauth2/service-account
 */
export function googleServiceAccount(options: GoogleServiceAccount): Authentication {
  const { key } = options
  return {
    inputs: [key],
    faults: parseOptions('googleServiceAccount', Options, options).faults,
    open(context) {
      const file = readKeyFile(key, context.inputs)
      return learning(
        memoize(() => mint(file, options, context), context.clock),
        context.learn,
      )
    },
  }
}

async function mint(
  file: KeyFile,
  options: GoogleServiceAccount,
  context: AuthenticationContext,
): Promise<AccessToken> {
  const { token_uri: url, client_email: clientId } = file
  const assertion = signJwt(file, options, Math.floor(context.clock.now() / 1000))
  const exchange = exchangeWith('the service account of the source', url)
  const body = new URLSearchParams({ grant_type: grantType, assertion }).toString()
  const answer = await askAuthority(context, { method: 'POST', url, headers: formType, body, ...exchange })
  const fields = readStandardAnswer(exchange, answer)
  const now = context.clock.now()
  return tokenOf(
    grantFrom(fields, { authData: {}, previous: null, refreshToken: null, mintable: true, now }),
    clientId,
  )
}

/** Times are those of the container's clock: Google tolerates a difference of a few minutes. */
function signJwt(file: KeyFile, { key, scope, subject }: GoogleServiceAccount, nowSeconds: number): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(file.private_key_id ? { kid: file.private_key_id } : {}) }
  const claims = {
    iss: file.client_email,
    scope: scope.join(' '),
    aud: file.token_uri,
    iat: nowSeconds,
    exp: nowSeconds + lifeSeconds,
    ...(subject === undefined ? {} : { sub: subject }),
  }
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKeyOf(file, key)).toString('base64url')}`
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Errors contain no part of the key. */
function readKeyFile(key: InputReference, inputs: Inputs): KeyFile {
  const parsed = KeyFile.safeParse(parseJson(inputs(key)))
  if (!parsed.success || !URL.canParse(parsed.data.token_uri)) throw notAKey(key)
  privateKeyOf(parsed.data, key)
  return parsed.data
}

function privateKeyOf({ private_key }: KeyFile, key: InputReference) {
  try {
    return createPrivateKey(private_key)
  } catch {
    throw notAKey(key)
  }
}

function notAKey({ name }: InputReference): JobError {
  return new JobError(
    'input-invalid',
    `The input ${name} is not the JSON key file of a service account.`,
    `Set ${name} to the whole content of the file that Google Cloud hands out, on one line, and deploy again.`,
    { details: { input: name } },
  )
}
