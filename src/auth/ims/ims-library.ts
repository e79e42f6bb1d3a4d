import * as z from 'zod'
import { TokenClaims } from './token-claims'

/**
 * The one place that touches `@adobe/aio-lib-ims`, for what it does well: hosts and reading tokens. It is loaded on
 * first use only. Its requests are not used: they have no time limit and hang for ever after a 429 or 5xx.
 */
async function library() {
  return import('@adobe/aio-lib-ims/src/ims.js')
}

/** URL of an IMS endpoint below the configured base. */
export async function imsUrl(baseUrl: string, path: string): Promise<string> {
  const { Ims } = await library()
  const ims = new Ims('prod')
  ims.endpoint = baseUrl
  return ims.getApiUrl(path)
}

/**
 * When an access token expires, ms since the epoch, from its own claims; null where it is not a token of that shape.
 * The claims are unambiguous where answers are not: `expires_in` is in seconds or milliseconds, by endpoint.
 */
export async function tokenExpiry(token: string): Promise<number | null> {
  if (!(await tokenClaims(token))) return null
  const { Ims } = await library()
  const result = await new Ims('prod').toTokenResult(token)
  return z.number().safeParse(result.access_token.expiry).data ?? null
}

/** The claims of an access token, unverified; null where it is not a JWT. */
export async function tokenClaims(token: string): Promise<TokenClaims | null> {
  const { getTokenData } = await library()
  try {
    return TokenClaims.parse(getTokenData(token))
  } catch {
    return null
  }
}
