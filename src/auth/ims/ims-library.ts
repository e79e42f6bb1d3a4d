import * as z from 'zod'
import { TokenClaims } from './token-claims'

/**
 * The only import of `@adobe/aio-lib-ims`, for host names and token claims. It is loaded on first use. Its requests are
 * not used: they have no timeout and hang after a 429 or 5xx.
 */
async function library() {
  return import('@adobe/aio-lib-ims/src/ims.js')
}

/** The URL of an IMS endpoint below the configured base URL. */
export async function imsUrl(baseUrl: string, path: string): Promise<string> {
  const { Ims } = await library()
  const ims = new Ims('prod')
  ims.endpoint = baseUrl
  return ims.getApiUrl(path)
}

/**
 * The expiry of an access token from its claims, ms since the epoch; null if it has no such claims. The claims are
 * unambiguous, unlike `expires_in` of an answer, whose unit depends on the endpoint.
 */
export async function tokenExpiry(token: string): Promise<number | null> {
  if (!(await tokenClaims(token))) return null
  const { Ims } = await library()
  const result = await new Ims('prod').toTokenResult(token)
  return z.number().safeParse(result.access_token.expiry).data ?? null
}

/** The unverified claims of an access token; null if it is not a JWT. */
export async function tokenClaims(token: string): Promise<TokenClaims | null> {
  const { getTokenData } = await library()
  try {
    return TokenClaims.parse(getTokenData(token))
  } catch {
    return null
  }
}
