import { granted, refusal } from './answers'
import type { Reply } from '../emulator'
import type { AccessTokens } from './access-tokens'
import type { Directory, RegisteredCredential } from './directory'

const hourMs = 60 * 60 * 1000

export interface ClientCredentialsKnobs {
  /** Lifetime of the tokens minted from now on, ms. */
  readonly lifeMs: number
  /** The error when consent is missing or was withdrawn; Adobe does not document it. */
  readonly withdrawnError: string
}

/**
 * POST /ims/token/v2 and /v3, grant `client_credentials`; `expires_in` in seconds. With an Enterprise Web App
 * credential, `org_id` names the customer and the token is valid for an hour.
 * @see Adobe Developer Console, Server-to-Server authentication; Admin authentication
 */
export function clientCredentials(
  { credentials, consents }: Directory,
  tokens: AccessTokens,
  { lifeMs, withdrawnError }: ClientCredentialsKnobs,
  form: Map<string, string>,
): Reply {
  const credential = credentials.get(form.get('client_id') ?? '')
  if (form.get('grant_type') !== 'client_credentials')
    return refusal(400, 'unsupported_grant_type', 'grant_type')
  if (!credential) return refusal(400, 'invalid_client', 'invalid client_id parameter')
  if (!credential.secrets.includes(form.get('client_secret') ?? '')) {
    return refusal(400, 'invalid_client', 'invalid client_secret parameter')
  }
  const scopes = (form.get('scope') ?? '').split(/[\s,]+/).filter(Boolean)
  const foreign = scopes.find((scope) => !credential.scopes.includes(scope))
  if (foreign !== undefined) return refusal(400, 'invalid_scope', `scope ${foreign} is not assigned`)

  const scope = scopes.join(',')
  if (!credential.redirectUris) {
    const userId = credential.technicalAccountId
    const token = tokens.mint({ clientId: credential.clientId, userId, scope, lifeMs })
    return granted({ access_token: token, token_type: 'bearer', expires_in: Math.floor(lifeMs / 1000) - 1 })
  }
  const orgId = form.get('org_id') ?? ''
  if (!consents.get(credential.clientId)?.has(orgId)) {
    return refusal(400, withdrawnError, 'the organization has not consented')
  }
  const userId = technicalAccountIn(credential, orgId)
  const token = tokens.mint({ clientId: credential.clientId, userId, scope, lifeMs: hourMs })
  return granted({ access_token: token, expires_in: hourMs / 1000 - 1 })
}

/** Consent creates a technical account in the customer's organisation. */
export function technicalAccountIn({ clientId }: RegisteredCredential, orgId: string): string {
  return `${Buffer.from(`${clientId}/${orgId}`).toString('hex').slice(-24).toUpperCase()}@techacct.adobe.com`
}
