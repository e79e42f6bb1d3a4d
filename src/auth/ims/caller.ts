import { JobError } from '../../errors'
import { readOrgId } from '../../org-id'
import { tokenClaims } from './ims-library'
import type { TokenClaims } from './token-claims'

/** The caller's claims in the request headers; untrusted until IMS confirms them. */
export interface Caller {
  /** `Authorization` */
  readonly authorization: string | undefined
  /** `x-gw-ims-org-id` */
  readonly orgId: string | undefined
}

export interface CallerRules {
  /** Client ids whose tokens are accepted: by default the app's and the Experience Cloud shell's. */
  readonly clientIds: readonly string[]
  /** The organisation of this app. Errors never contain it: unauthenticated callers read them. */
  readonly orgId: string
  /** Restricts the members that may call; null admits all of them. */
  readonly admitted: Admitted | null
}

/** A member is admitted by any one of these. */
export interface Admitted {
  /** `user_id` of the token. */
  readonly userIds: readonly string[]
  /** Product profiles of the organisation, by name or group id. */
  readonly productProfiles: readonly string[]
  /** Admin roles in the organisation, such as `org_admin`. */
  readonly roles: readonly string[]
}

/** @see RFC 6750 §2.1; the scheme is case-insensitive */
export function bearerToken(authorization: string): string {
  const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization.trim()) ?? []
  if (token !== undefined) return token
  throw unauthorized(
    'the header Authorization is not one bearer token',
    'Send `Authorization: Bearer <token>`.',
  )
}

export function assertNamesOrg({ orgId }: Caller, rules: CallerRules): void {
  if (readOrgId(orgId ?? '') === rules.orgId) return
  throw unauthorized(
    orgId === undefined ? 'the header x-gw-ims-org-id is missing' : 'x-gw-ims-org-id is another organisation',
    'Send the id of the organisation that this app belongs to as `x-gw-ims-org-id` (with x-gw, not w-gw).',
  )
}

/** The unverified claims of a token. Rejects obviously unusable tokens without a request to IMS. */
export async function readableClaims(token: string, baseUrl: string, now: number): Promise<TokenClaims> {
  const claims = await tokenClaims(token)
  if (!claims) throw unauthorized('the token is not one of IMS', 'Log in again.')
  if (claims.type !== 'access_token') throw unauthorized('it is no access token', 'Send an access token.')
  if (claims.created_at + claims.expires_in <= now)
    throw unauthorized('the token has expired', 'Log in again.')
  if (claims.as !== undefined && claims.as !== environmentOf(baseUrl)) {
    throw unauthorized('the token belongs to another IMS environment', 'Log in to the same one as this app.')
  }
  return claims
}

/** `ims-na1` or `ims-na1-stg1`: the first label of the host, which is the claim `as` of a token. */
function environmentOf(baseUrl: string): string {
  const { hostname } = new URL(baseUrl)
  return hostname.endsWith('.adobelogin.com') ? (hostname.split('.')[0] ?? '') : 'ims-na1'
}

export function acceptedClient({ client_id: clientId }: TokenClaims, { clientIds }: CallerRules): string {
  if (clientId !== undefined && clientIds.includes(clientId)) return clientId
  throw unauthorized(
    'the token belongs to a client that is not accepted here',
    'Name the client in TRIGGER_CLIENT_IDS, or log in through an accepted one.',
  )
}

export function unauthorized(why: string, remedy: string): JobError {
  return new JobError('caller-unauthorized', `Unauthorized: ${why}.`, remedy)
}
