import { granted, refusal } from './answers'
import { claimsOf, isSignedBy } from './signer'
import type { Reply } from '../emulator'
import type { AccessTokens } from './access-tokens'
import type { Directory } from './directory'

const issuerBase = 'https://ims-na1.adobelogin.com'

export interface JwtExchangeKnobs {
  readonly lifeMs: number
  /** Adobe switched JWT credentials off on 2026-03-01; true answers as if it had not. */
  readonly jwtAlive: boolean
}

/**
 * POST /ims/exchange/jwt; `expires_in` in milliseconds.
 * @see Adobe Developer Console, Service Account (JWT), as documented until its end
 */
export function exchangeJwt(
  { credentials }: Directory,
  tokens: AccessTokens,
  { lifeMs, jwtAlive }: JwtExchangeKnobs,
  form: Map<string, string>,
  now: number,
): Reply {
  const credential = credentials.get(form.get('client_id') ?? '')
  if (!credential?.publicKey) return refusal(400, 'invalid_client', 'unknown client')
  if (!jwtAlive) {
    return refusal(400, 'invalid_client', 'The Service Account (JWT) credential is no longer supported')
  }
  if (!credential.secrets.includes(form.get('client_secret') ?? '')) {
    return refusal(401, 'invalid_client', 'invalid client_secret parameter')
  }
  const token = form.get('jwt_token') ?? ''
  const claims = claimsOf(token) as Record<string, unknown> | null
  if (!claims || !Number.isInteger(claims.exp) || Number(claims.exp) * 1000 <= now) {
    return refusal(400, 'invalid_token', 'JWT is missing, cannot be decoded or has expired')
  }
  if (!isSignedBy(token, credential.publicKey)) {
    return refusal(400, 'invalid_signature', 'no certificate matches the signature')
  }
  if (claims.aud !== `${issuerBase}/c/${credential.clientId}`) {
    return refusal(400, 'invalid_client', 'aud does not match client_id')
  }
  if (claims.iss !== credential.orgId || claims.sub !== credential.technicalAccountId) {
    return refusal(400, 'bad_request', 'iss or sub is malformed')
  }
  const asked = Object.keys(claims).filter((name) => name.startsWith(`${issuerBase}/s/`))
  const bound = (credential.metascopes ?? []).map((scope) => `${issuerBase}/s/${scope}`)
  if (asked.length === 0 || asked.some((scope) => !bound.includes(scope))) {
    const text = 'The metascopes in the JWT are not a subset of the metascopes in the binding.'
    return refusal(400, 'invalid_scope', text)
  }
  const { clientId, technicalAccountId: userId } = credential
  const accessToken = tokens.mint({ clientId, userId, scope: asked.join(','), lifeMs })
  return granted({ token_type: 'bearer', access_token: accessToken, expires_in: lifeMs - 1 })
}
