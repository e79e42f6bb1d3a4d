/** A bearer token and what is known of it. */
export interface AccessToken {
  readonly value: string
  /** Wall clock, ms since the epoch. */
  readonly expiresAt: number
  /** Where it is older than its first use here. */
  readonly mintedAt?: number
  /** Goes into `x-api-key`: Adobe's gateways want the token's own client id. */
  readonly clientId: string
  /** `X@AdobeOrg`, where known. */
  readonly orgId?: string | undefined
}

/**
 * A provider is a function.
 * @throws NotConfigured where this kind of credential is absent: the chain tries its next link.
 * @throws JobError `token-refused` or `token-unavailable` where it is present and fails: the chain stops.
 */
export type TokenProvider = () => Promise<AccessToken>

/** A provider that remembers its token. */
export interface CachedTokenProvider {
  (): Promise<AccessToken>
  /** Forgets `token`, and only that one, so that a fresher token survives a late 401. */
  drop(token: AccessToken): Promise<void>
}

/** Not a failure: this link of the chain has nothing to offer, and says what it lacks. */
export class NotConfigured extends Error {
  override readonly name = 'NotConfigured'

  constructor(
    readonly provider: string,
    readonly missing: readonly string[],
  ) {
    super(`${provider}: not configured (missing ${missing.join(', ')})`)
  }
}
