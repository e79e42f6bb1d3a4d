import { startEmulator } from '../emulator'
import { createAccessTokens } from './access-tokens'
import { adminConsent } from './admin-consent'
import { clientCredentials } from './client-credentials'
import { createDirectory } from './directory'
import { formOf } from './form'
import { exchangeJwt } from './jwt-exchange'
import { createSigner } from './signer'
import { organizations, profile, validateToken } from './token-checks'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../emulator'
import type { Memory } from '../memory'
import type { TokenClaims } from './access-tokens'
import type { RegisteredCredential, RegisteredUser } from './directory'
import type { Signer } from './signer'

export type { TokenClaims } from './access-tokens'
export type { RegisteredCredential } from './directory'

export interface ImsKnobs {
  /** Lifetime of the tokens minted from now on, ms. */
  lifeMs: number
  /** Adobe switched JWT credentials off on 2026-03-01; true answers as if it had not. */
  jwtAlive: boolean
  /** The token endpoint's error when an admin's consent is missing or was withdrawn. */
  withdrawnError: string
  /** Signs ID tokens; replacing it is a key rotation. */
  idTokens: Signer
}

export interface ImsEmulator extends Emulator, ImsKnobs {
  /** How many tokens were minted, by client id. */
  readonly mints: Map<string, number>
  /** Organisations whose admin consented, by client id. */
  readonly consents: Map<string, Set<string>>
  register(credential: RegisteredCredential): void
  /** Issues the token that a user's browser holds after login. */
  logIn(user: RegisteredUser, clientId: string, scope?: string, claims?: Partial<TokenClaims>): string
  /** The claims of a valid token of this IMS; null if it is forged, expired or revoked. */
  verify(token: string): TokenClaims | null
  revoke(token: string): void
  /** Consents, and the keys by which its tokens stay valid. */
  readonly memories: Readonly<Record<string, Memory>>
}

const dayMs = 24 * 60 * 60 * 1000
/** Generated once per process: a key pair takes a good part of a second. */
const accessTokenSigner = createSigner('ims_na1-key-at-1')
const idTokenSigner = createSigner('ims_na1-key-1')

/**
 * Adobe IMS: tokens by client credentials and JWT, their validation, organisations, keys, and the consent page.
 * @see https://developer.adobe.com/developer-console/docs/guides/authentication/
 */
export async function startIms({ now = Date.now, port = 0 }: ServerOptions = {}): Promise<ImsEmulator> {
  const directory = createDirectory()
  const tokens = createAccessTokens(accessTokenSigner, now)
  const knobs: ImsKnobs = {
    lifeMs: dayMs,
    jwtAlive: false,
    withdrawnError: 'unauthorized_client',
    idTokens: idTokenSigner,
  }
  const consent = adminConsent(directory, () => knobs.idTokens, now)

  function handle(request: LoggedRequest): Reply {
    const { pathname } = new URL(request.url, 'http://ims')
    switch (`${request.method} ${pathname}`) {
      case 'POST /ims/token/v2':
      case 'POST /ims/token/v3':
        return clientCredentials(directory, tokens, knobs, formOf(request))
      case 'POST /ims/exchange/jwt':
      case 'POST /ims/exchange/v1/jwt':
        return exchangeJwt(directory, tokens, knobs, formOf(request), now())
      case 'POST /ims/validate_token/v1':
        return validateToken(tokens, request)
      case 'GET /ims/organizations/v6':
        return organizations(directory, tokens, request)
      case 'GET /ims/profile/v1':
        return profile(directory, tokens, request)
      case 'GET /ims/keys':
        return { status: 200, body: { keys: [knobs.idTokens.jwk()] } }
      case 'GET /consent':
      case 'POST /consent':
        return consent(request)
      default:
        return { status: 404 }
    }
  }

  const emulator = await startEmulator(handle, { now, port })
  return Object.assign(knobs, emulator, {
    mints: tokens.mints,
    consents: directory.consents,
    memories: {
      directory: { consents: directory.consents },
      accessTokens: accessTokenSigner.memory,
      idTokens: knobs.idTokens.memory,
    },
    register: (credential: RegisteredCredential) =>
      void directory.credentials.set(credential.clientId, credential),
    logIn(user: RegisteredUser, clientId: string, scope = 'openid,AdobeID,read_organizations', claims = {}) {
      directory.users.set(user.userId, user)
      return tokens.mint({ clientId, userId: user.userId, scope, lifeMs: knobs.lifeMs }, claims)
    },
    verify: (token: string) => tokens.verify(token),
    revoke: (token: string) => tokens.revoke(token),
  })
}
