import { randomUUID } from 'node:crypto'
import type { Signer } from './signer'

/** Times are strings that contain milliseconds. */
export interface TokenClaims {
  readonly id: string
  readonly type: string
  readonly client_id: string
  readonly user_id: string
  readonly as: string
  readonly scope: string
  readonly created_at: string
  readonly expires_in: string
}

export interface TokenGrant {
  readonly clientId: string
  readonly userId: string
  readonly scope: string
  readonly lifeMs: number
}

/** Access tokens in the format of IMS: JWTs with the claims of real tokens. Adobe does not document them. */
export interface AccessTokens {
  /** How many were minted, by client id. */
  readonly mints: Map<string, number>
  mint(grant: TokenGrant, claims?: Partial<TokenClaims>): string
  /** The claims of a valid token; null if it is forged, expired or revoked. */
  verify(token: string): TokenClaims | null
  revoke(token: string): void
}

export function createAccessTokens(signer: Signer, now: () => number): AccessTokens {
  const mints = new Map<string, number>()
  const revoked = new Set<string>()

  return {
    mints,
    mint({ clientId, userId, scope, lifeMs }, claims = {}) {
      mints.set(clientId, (mints.get(clientId) ?? 0) + 1)
      return signer.sign(
        { alg: 'RS256', x5u: 'ims_na1-key-at-1.cer', kid: 'ims_na1-key-at-1', typ: 'at+jwt' },
        {
          id: `${now()}_${randomUUID()}`,
          type: 'access_token',
          client_id: clientId,
          user_id: userId,
          as: 'ims-na1',
          scope,
          created_at: String(now()),
          expires_in: String(lifeMs),
          ...claims,
        } satisfies TokenClaims,
      )
    },
    verify(token) {
      const claims = signer.verify(token) as TokenClaims | null
      if (!claims || revoked.has(token)) return null
      return now() < Number(claims.created_at) + Number(claims.expires_in) ? claims : null
    },
    revoke: (token) => void revoked.add(token),
  }
}
