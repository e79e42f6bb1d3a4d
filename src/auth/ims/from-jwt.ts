import { createPrivateKey, sign } from 'node:crypto'
import { JobError } from '../../errors'
import { NotConfigured } from '../token-provider'
import { requestToken } from './ims-client'
import type { Log } from '../../log'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { ImsCredentials, JwtCredential } from './credentials'
import type { ImsContext } from './ims-client'

const provider = 'Service Account (JWT)'
/** Audience and metascopes must name the real IMS, also if the request goes to another host. */
const issuerBase = 'https://ims-na1.adobelogin.com'
const lifeSeconds = 300

/**
 * A service token in exchange for a JWT that is signed with the credential's private key. Legacy: Adobe switched it off.
 * @see Adobe Developer Console, Service Account (JWT): POST /ims/exchange/jwt
 */
export function fromJwt(credential: ImsCredentials['jwt'], context: ImsContext, log: Log): TokenProvider {
  let warned = false

  return async function mint(): Promise<AccessToken> {
    if ('missing' in credential) throw new NotConfigured(provider, credential.missing)
    if (!warned) {
      warned = true
      log.warn(
        'Adobe switched JWT credentials off on 2026-03-01. Add an OAuth Server-to-Server credential to the same project (it keeps client id and product profiles), set IMS_OAUTH_S2S_* and remove JWT_*.',
      )
    }
    const { clientId, clientSecret } = credential
    return requestToken(context, {
      provider,
      path: '/ims/exchange/jwt',
      form: {
        client_id: clientId,
        client_secret: clientSecret,
        jwt_token: signJwt(credential, Math.floor(context.clock.now() / 1000)),
      },
      expiresInUnitMs: 1,
      clientId,
    })
  }
}

function signJwt(credential: JwtCredential, nowSeconds: number): string {
  const { clientId, technicalAccountId, orgId, metascopes, privateKey } = credential
  const header = { alg: 'RS256', typ: 'JWT' }
  const claims = {
    exp: nowSeconds + lifeSeconds,
    iat: nowSeconds,
    iss: orgId,
    sub: technicalAccountId,
    aud: `${issuerBase}/c/${clientId}`,
    ...Object.fromEntries(metascopes.map((scope) => [metascopeUrl(scope), true])),
  }
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), keyOf(privateKey)).toString('base64url')}`
}

function metascopeUrl(scope: string): string {
  return scope.startsWith('https://') ? scope : `${issuerBase}/s/${scope}`
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Replaces the library's error, which may contain the key. */
function keyOf(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new JobError(
      'input-invalid',
      'JWT_PRIVATE_KEY is not a private key.',
      'Set it to the base64 of the PEM file: base64 -w0 private.key',
      { details: { input: 'JWT_PRIVATE_KEY' } },
    )
  }
}
