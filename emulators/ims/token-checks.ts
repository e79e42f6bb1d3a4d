import { orgIdsOf } from './directory'
import { formOf } from './form'
import { claimsOf } from './signer'
import type { LoggedRequest, Reply } from '../emulator'
import type { AccessTokens, TokenClaims } from './access-tokens'
import type { Directory } from './directory'

/** POST /ims/validate_token/v1: HTTP 200 also for invalid tokens, the body decides. @see adobe/ims-go validate_token.go */
export function validateToken(tokens: AccessTokens, request: LoggedRequest): Reply {
  const form = formOf(request)
  const token = bearerOf(request) ?? form.get('token') ?? ''
  if (form.get('type') !== 'access_token' || !form.has('client_id')) {
    return { status: 400, body: { error: 'bad_request' } }
  }
  const claims = tokens.verify(token)
  if (!claims) return { status: 200, body: { valid: false, reason: reasonOf(token) } }
  if (claims.client_id !== form.get('client_id')) {
    return { status: 200, body: { valid: false, reason: 'invalid_client' } }
  }
  return { status: 200, body: { valid: true, expires_at: expiryOf(claims), token: claims } }
}

function reasonOf(token: string): string {
  return claimsOf(token) === null ? 'bad_token' : 'bad_signature_or_expired'
}

function expiryOf({ created_at, expires_in }: TokenClaims): number {
  return Number(created_at) + Number(expires_in)
}

/** GET /ims/organizations/v6. Needs the scope `read_organizations`. */
export function organizations(directory: Directory, tokens: AccessTokens, request: LoggedRequest): Reply {
  const claims = tokens.verify(bearerOf(request) ?? '')
  if (!claims) return { status: 401, body: { error: 'invalid_token' } }
  if (!claims.scope.split(',').includes('read_organizations')) {
    return { status: 403, body: { error: 'insufficient_scope' } }
  }
  const body = orgIdsOf(directory, claims.user_id).map((orgId) => {
    const [ident = '', authSrc = ''] = orgId.split('@')
    return { orgName: `Organization ${ident.slice(0, 4)}`, orgRef: { ident, authSrc }, orgType: 'Enterprise' }
  })
  return { status: 200, body }
}

/**
 * GET /ims/profile/v1. Product profiles and roles show only with the scopes `additional_info.projectedProductContext`
 * and `additional_info.roles`. @see adobe/spacecat-shared, ims-client, for the shape
 */
export function profile(directory: Directory, tokens: AccessTokens, request: LoggedRequest): Reply {
  const claims = tokens.verify(bearerOf(request) ?? '')
  if (!claims) return { status: 401, body: { error: 'invalid_token' } }
  const scopes = claims.scope.split(',')
  const held = Object.entries(directory.users.get(claims.user_id)?.profile ?? {})
  const contexts = held.flatMap(([owningEntity, { productProfiles = [] }]) =>
    productProfiles.map(({ id, name }) => ({
      prodCtx: { owningEntity, groupid: id, user_visible_name: name, statusCode: 'ACTIVE' },
    })),
  )
  const roles = held.flatMap(([organization, member]) =>
    (member.roles ?? []).map((role) => ({ organization, named_role: role, target_type: 'TRG_ORG' })),
  )
  const body = {
    userId: claims.user_id,
    ...(scopes.includes('additional_info.projectedProductContext')
      ? { projectedProductContext: contexts }
      : {}),
    ...(scopes.includes('additional_info.roles') ? { roles } : {}),
  }
  return { status: 200, body }
}

function bearerOf({ headers }: LoggedRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
}
