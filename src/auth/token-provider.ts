/** A bearer token with its expiry. */
export interface AccessToken {
  readonly value: string
  /** Wall clock, ms since the epoch. */
  readonly expiresAt: number
  /** When it was issued, if that was before it reached this process. */
  readonly mintedAt?: number
  /** Sent as `x-api-key`: Adobe's gateways require the client id of the token. */
  readonly clientId: string
}

/**
 * Returns a token.
 * @throws NotConfigured if this kind of credential is absent: the chain tries the next provider
 * @throws JobError `token-refused` or `token-unavailable` if the credential is present and fails: the chain stops
 */
export type TokenProvider = () => Promise<AccessToken>

/** A provider that caches its token. */
export interface CachedTokenProvider {
  (): Promise<AccessToken>
  /** Removes `token` from the cache. A newer token stays: a 401 may arrive late. */
  drop(token: AccessToken): Promise<void>
}

/** Not a failure: the provider's credential is not configured. Names the missing inputs. */
export class NotConfigured extends Error {
  override readonly name = 'NotConfigured'

  constructor(provider: string, missing: readonly string[]) {
    super(`${provider}: not configured (missing ${missing.join(', ')})`)
  }
}
