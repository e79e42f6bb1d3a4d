import type { AccessToken } from './token-provider'

/** A token is not handed out in its last minutes: a request that carries it may take some. */
const hardMarginMs = 5 * 60_000
/** From here on a fresh one is fetched while the old one still serves. */
const softMarginMs = 10 * 60_000
/** Short-lived tokens keep these shares of their life instead. */
const hardShare = 0.2
const softShare = 0.3

/** Until when a token is handed out, and until when without looking for a fresher one; ms since the epoch. */
export interface Freshness {
  readonly freshUntil: number
  readonly usableUntil: number
}

/** @param from when the token was minted */
export function freshnessOf({ expiresAt }: Pick<AccessToken, 'expiresAt'>, from: number): Freshness {
  const lifeMs = expiresAt - from
  return {
    freshUntil: expiresAt - Math.min(softMarginMs, lifeMs * softShare),
    usableUntil: expiresAt - Math.min(hardMarginMs, lifeMs * hardShare),
  }
}
