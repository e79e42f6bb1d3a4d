import { JobError } from '../errors'
import { freshnessOf } from './freshness'
import type { Clock } from '../clock'
import type { Freshness } from './freshness'
import type { AccessToken, CachedTokenProvider, TokenProvider } from './token-provider'

/** Negative cache: a refused credential is not used again for this time. */
const refusalMs = 30_000

interface Held extends Freshness {
  readonly token: AccessToken
}

/** Caches a provider's token, renews it before it expires, and joins concurrent requests for it (single-flight). */
export function memoize(provider: TokenProvider | CachedTokenProvider, clock: Clock): CachedTokenProvider {
  let held: Held | null = null
  let minting: Promise<AccessToken> | null = null
  let refusal: { readonly error: JobError; readonly until: number } | null = null

  function hold(token: AccessToken): AccessToken {
    held = { token, ...freshnessOf(token, token.mintedAt ?? clock.now()) }
    return token
  }

  function mint(): Promise<AccessToken> {
    minting ??= provider()
      .then(hold, (error: unknown) => {
        if (isRefusal(error)) refusal = { error, until: clock.now() + refusalMs }
        throw error
      })
      .finally(() => {
        minting = null
      })
    return minting
  }

  async function current(): Promise<AccessToken> {
    const now = clock.now()
    if (held && now < held.usableUntil) {
      // Background renewal: if it fails, the old token is still usable and the next caller tries again.
      if (now >= held.freshUntil) mint().catch(() => undefined)
      return held.token
    }
    if (refusal && now < refusal.until) throw refusal.error
    return mint()
  }

  return Object.assign(current, {
    async drop(token: AccessToken) {
      if (held?.token.value === token.value) held = null
      if ('drop' in provider) await provider.drop(token)
    },
  })
}

function isRefusal(error: unknown): error is JobError {
  return error instanceof JobError && (error.code === 'token-refused' || error.code === 'needs-reauth')
}
