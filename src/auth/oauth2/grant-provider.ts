import { JobError } from '../../errors'
import { TokenRefused } from '../token-refused'
import { textOf } from './auth-data'
import { grantFrom, isFresh, tokenOf } from './grant'
import { renewSingleFlight } from './single-flight'
import { requestToken } from './token-endpoint'
import type { AuthorityContext } from '../authority'
import type { AccessToken, CachedTokenProvider } from '../token-provider'
import type { AuthData } from './auth-data'
import type { Grant } from './grant'
import type { GrantFile } from './grant-store'
import type { Renewed } from './single-flight'
import type { TokenEndpoint } from './token-endpoint'

export interface GrantProvider {
  readonly endpoint: TokenEndpoint
  readonly context: AuthorityContext
  readonly authData: AuthData
  readonly file: GrantFile
  /** Receives refresh tokens for the redactor. */
  readonly learn: ((secret: string) => void) | undefined
}

/** Refusals of the client, which would hit every other grant too. */
const clientErrors: readonly unknown[] = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]

/** Returns the stored access token, and renews the grant when the token has expired or was refused. */
export function grantProvider({
  endpoint,
  context,
  authData,
  file,
  learn,
}: GrantProvider): CachedTokenProvider {
  const { clock } = context
  const mintable = endpoint.configuration.grant !== 'OAUTH2_AUTHORIZATION_CODE'
  let dropped: string | null = null

  async function current(): Promise<AccessToken> {
    const grant = await renewSingleFlight(file, clock, {
      isGood: (kept) => kept.accessToken !== dropped && isFresh(kept, clock.now()),
      renew,
    })
    if (grant.refreshToken !== null) learn?.(grant.refreshToken)
    return tokenOf(grant, textOf(authData, 'clientId') ?? '')
  }

  /** If another container has used the refresh token, retries once with the one that it stored. */
  async function renew(from: Grant | null, reread = false): Promise<Renewed> {
    const refreshToken = from ? from.refreshToken : (textOf(authData, 'refreshToken') ?? null)
    if (refreshToken !== null) learn?.(refreshToken)
    if (refreshToken === null) {
      return { from, grant: await mint(from ? 'there is no refresh token' : 'there is no grant yet') }
    }
    if (from?.refreshUntil && clock.now() >= from.refreshUntil) {
      return { from, grant: await mint('the refresh token has expired') }
    }
    try {
      return { from, grant: await refresh(from, refreshToken) }
    } catch (error) {
      if (!(error instanceof TokenRefused) || clientErrors.includes(error.refusal.serverCode)) throw error
      const kept = (await file.read())?.content.grant
      if (!reread && kept && kept.refreshToken !== refreshToken) return renew(kept, true)
      // Only a code that means withdrawal asks the user for a new consent; any other refusal may be an outage.
      if (!mintable && error.refusal.meaning !== 'withdrawn') throw error
      return { from, grant: await mint(error.message) }
    }
  }

  async function refresh(previous: Grant | null, refreshToken: string): Promise<Grant> {
    const known = { ...authData, ...previous?.captured }
    const fields = await requestToken(endpoint, context, known, { kind: 'refresh', refreshToken })
    return grantFrom(fields, { authData, previous, refreshToken, mintable, now: clock.now() })
  }

  async function mint(reason: string): Promise<Grant> {
    if (!mintable) throw needsReauth(endpoint.name, reason)
    const fields = await requestToken(endpoint, context, authData, { kind: 'grant' })
    return grantFrom(fields, { authData, previous: null, refreshToken: null, mintable, now: clock.now() })
  }

  return Object.assign(current, {
    drop(token: AccessToken) {
      dropped = token.value
      return Promise.resolve()
    },
  })
}

function needsReauth(name: string, reason: string): JobError {
  return new JobError(
    'needs-reauth',
    `The owner of the source ${name} must consent, for the first time or again: ${reason.replace(/\.$/, '')}.`,
    'Send the owner a link: aio rt action invoke analytics-ingest/connect --param invite <job> --result',
    { details: { source: name } },
  )
}
