import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { textOf } from './auth-data'
import { grantInMemory } from './grant-store'
import type { AuthData, AuthDataInputs } from './auth-data'
import type { GrantFile, GrantStore } from './grant-store'
import type { TokenEndpoint } from './token-endpoint'

/**
 * The file of the grant of a client and a customer. A consented grant needs a store; any other grant is kept in memory
 * if there is none.
 * @throws JobError `input-missing`
 */
export function grantFileFor(
  endpoint: TokenEndpoint,
  references: AuthDataInputs,
  authData: AuthData,
  store: GrantStore | undefined,
): GrantFile {
  const { name, configuration } = endpoint
  if (store) return store(`${name}/${identityOf(endpoint, references, authData)}`)
  if (configuration.grant !== 'OAUTH2_AUTHORIZATION_CODE') return grantInMemory()
  throw new JobError(
    'input-missing',
    `The input TOKEN_ENCRYPTION_KEY is not set, and the grant of ${name} is not stored unencrypted.`,
    'Make one with `openssl rand -base64 32`, set it in .env and deploy again.',
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}

/** Not part of the identity: a rotated client secret or a new password belongs to the same client and user. */
const replaceable: readonly string[] = ['clientSecret', 'password']

/**
 * The identity of a grant: all plain and secret fields of client and customer, the hosts, and the scopes. So no customer
 * gets the token of another one, and no server gets the refresh token of another one.
 */
function identityOf(
  { configuration, allowedHosts }: TokenEndpoint,
  references: AuthDataInputs,
  authData: AuthData,
): string {
  const fields = [...new Set(['clientId', 'refreshToken', ...Object.keys(references)])]
  const values = fields
    .filter((field) => !replaceable.includes(field))
    .sort()
    .map((field) => [field, textOf(authData, field) ?? null])
  const parts = [values, [...allowedHosts].sort(), [...configuration.scope].sort()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
