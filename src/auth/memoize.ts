import { JobError } from '../errors'
import type { Clock } from '../clock'
import type { AccessToken, CachedTokenProvider, TokenProvider } from './token-provider'

/** A token is not handed out in its last minutes: a request that carries it may take some. */
const hardMarginMs = 5 * 60_000
/** From here on a fresh one is fetched while the old one still serves. */
const softMarginMs = 10 * 60_000
/** Short-lived tokens keep these shares of their life instead. */
const hardShare = 0.2
const softShare = 0.3
/** A refused credential is not asked again at once. */
const refusalMs = 30_000

interface Held {
  readonly token: AccessToken
  readonly freshUntil: number
  readonly usableUntil: number
}

/** Remembers a provider's token: one mint for any number of concurrent callers, renewed before it expires. */
export function memoize(provider: TokenProvider, clock: Clock): CachedTokenProvider {
  let held: Held | null = null
  let minting: Promise<AccessToken> | null = null
  let refusal: { readonly error: JobError; readonly until: number } | null = null

  function hold(token: AccessToken): AccessToken {
    const lifeMs = token.expiresAt - clock.now()
    held = {
      token,
      freshUntil: token.expiresAt - Math.min(softMarginMs, lifeMs * softShare),
      usableUntil: token.expiresAt - Math.min(hardMarginMs, lifeMs * hardShare),
    }
    return token
  }

  function mint(): Promise<AccessToken> {
    minting ??= provider()
      .then(hold, (error: unknown) => {
        if (error instanceof JobError && error.code === 'token-refused') {
          refusal = { error, until: clock.now() + refusalMs }
        }
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
      // Nobody waits for this one; should it fail, the old token still serves and the next caller tries again.
      if (now >= held.freshUntil) mint().catch(() => undefined)
      return held.token
    }
    if (refusal && now < refusal.until) throw refusal.error
    return mint()
  }

  return Object.assign(current, {
    drop(token: AccessToken) {
      if (held?.token.value === token.value) held = null
      return Promise.resolve()
    },
  })
}
