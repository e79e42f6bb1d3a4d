import type { AccessToken } from './token-provider'

/** A token is not used in its last minutes, so that it does not expire during a request. */
const hardMarginMs = 5 * 60_000
/** From here on a new token is requested in the background while the old one is used. */
const softMarginMs = 10 * 60_000
/** Short-lived tokens use these shares of their lifetime instead. */
const hardShare = 0.2
const softShare = 0.3

/** A token may be used until `usableUntil`, and needs no renewal until `freshUntil`; ms since the epoch. */
export interface Freshness {
  readonly freshUntil: number
  readonly usableUntil: number
}

/** @param from when the token was issued, ms since the epoch */
export function freshnessOf({ expiresAt }: Pick<AccessToken, 'expiresAt'>, from: number): Freshness {
  const lifeMs = expiresAt - from
  return {
    freshUntil: expiresAt - Math.min(softMarginMs, lifeMs * softShare),
    usableUntil: expiresAt - Math.min(hardMarginMs, lifeMs * hardShare),
  }
}
