import { NotConfigured } from '../token-provider'
import { TokenRefused } from '../token-refused'
import { requestToken } from './ims-client'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { ImsCredentials } from './credentials'
import type { ImsContext } from './ims-client'

const provider = 'OAuth Server-to-Server'

/**
 * A service token by client credentials. During a rotation it tries each secret until one is accepted.
 * @see Adobe Developer Console, Server-to-Server authentication: POST /ims/token/v3
 */
export function fromOAuthServerToServer(
  credential: ImsCredentials['serverToServer'],
  context: ImsContext,
): TokenProvider {
  return async function mint(): Promise<AccessToken> {
    if ('missing' in credential) throw new NotConfigured(provider, credential.missing)
    const { clientId, clientSecrets, scopes } = credential
    let refusal: unknown
    for (const clientSecret of clientSecrets) {
      try {
        return await requestToken(context, {
          provider,
          path: '/ims/token/v3',
          form: {
            grant_type: 'client_credentials',
            client_id: clientId,
            client_secret: clientSecret,
            scope: scopes.join(','),
          },
          expiresInUnitMs: 1000,
          clientId,
        })
      } catch (error) {
        if (!(error instanceof TokenRefused) || error.refusal.serverCode !== 'invalid_client') throw error
        refusal = error
      }
    }
    throw refusal
  }
}
