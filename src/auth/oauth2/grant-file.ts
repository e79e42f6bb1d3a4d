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
  { name, configuration }: TokenEndpoint,
  references: AuthDataInputs,
  authData: AuthData,
  store: GrantStore | undefined,
): GrantFile {
  if (store) return store(`${name}/${identityOf(references, authData)}`)
  if (configuration.grant !== 'OAUTH2_AUTHORIZATION_CODE') return keepInMemory()
  throw new JobError(
    'input-missing',
    `The input TOKEN_ENCRYPTION_KEY is not set, and what a person grants to ${name} is not kept in the clear.`,
    'Make one with `openssl rand -base64 32`, set it in .env and deploy again.',
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}

/**
 * Tells customers apart, so that none gets another's token: by the client id, by all plain inputs, and by the refresh
 * token where one is given from outside. A rotated client secret or a new password leaves the grant where it is.
 */
function identityOf(references: AuthDataInputs, authData: AuthData): string {
  const plain = Object.entries(references)
    .filter(([, { kind }]) => kind === 'input')
    .map(([field]) => field)
  const fields = [...new Set(['clientId', 'refreshToken', ...plain])].sort()
  const values = fields.map((field) => [field, textOf(authData, field) ?? null])
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32)
}
