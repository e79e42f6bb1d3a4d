import type { Authentication, AuthenticationContext } from '../../auth/oauth2'
import type { CachedTokenProvider } from '../../auth/token-provider'
import type { RequestAuthentication, Signer } from './request-authentication'

/** How requests to a source authenticate: credentials in each request, or a token of an authorization server. */
export type SourceAuthentication = RequestAuthentication | Authentication

/** Null where the source does not authenticate. @throws JobError `input-missing`, `input-invalid` */
export function openAuthentication(
  definition: SourceAuthentication | undefined,
  context: AuthenticationContext,
): Signer | null {
  if (!definition) return null
  return 'kind' in definition ? definition.open(context) : withToken(definition.open(context))
}

/** A token may have been revoked before it expires: after a 401, a new one is tried once. @see RFC 6750 §2.1 */
function withToken(token: CachedTokenProvider): Signer {
  let used: Awaited<ReturnType<CachedTokenProvider>> | null = null
  return {
    async sign(request) {
      used = await token()
      return { ...request, headers: { ...request.headers, authorization: `Bearer ${used.value}` } }
    },
    async renew() {
      if (used) await token.drop(used)
      return true
    },
  }
}
