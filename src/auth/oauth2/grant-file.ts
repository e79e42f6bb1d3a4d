import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { textOf } from './auth-data'
import { keepInMemory } from './grant-store'
import type { AuthData, AuthDataInputs } from './auth-data'
import type { GrantFile, GrantStore } from './grant-store'
import type { TokenEndpoint } from './token-endpoint'

/**
 * Where the grant of a client and a customer is kept. What only a person can grant needs a store; everything else is
 * kept in memory where there is none.
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
  if (configuration.grant !== 'OAUTH2_AUTHORIZATION_CODE') return keepInMemory()
  throw new JobError(
    'input-missing',
    `The input TOKEN_ENCRYPTION_KEY is not set, and what a person grants to ${name} is not kept in the clear.`,
    'Make one with `openssl rand -base64 32`, set it in .env and deploy again.',
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}

/** What may change while the grant stays: a rotated client secret and a new password prove the same client and person. */
const replaceable: readonly string[] = ['clientSecret', 'password']

/**
 * Tells grants apart, so that no customer gets another's token and no server another's refresh token: by everything
 * that is known of client and customer, plain or secret, by the hosts, and by the scopes.
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
