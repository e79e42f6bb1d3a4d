import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto'
import { startEmulator } from '../emulator'
import { formOf } from './form'
import type { Emulator, LoggedRequest, Reply } from '../emulator'

/** A credential as the Developer Console would hold it. */
export interface RegisteredCredential {
  readonly clientId: string
  readonly secrets: readonly string[]
  readonly orgId: string
  readonly scopes: readonly string[]
  readonly technicalAccountId: string
  /** PEM of the key whose certificate was uploaded, for JWT credentials. */
  readonly publicKey?: string
  readonly metascopes?: readonly string[]
}

export interface TokenClaims {
  readonly id: string
  readonly type: string
  readonly client_id: string
  readonly user_id: string
  readonly as: string
  readonly scope: string
  readonly created_at: string
  readonly expires_in: string
}

export interface ImsEmulator extends Emulator {
  /** How many tokens were minted, by client id. */
  readonly mints: Map<string, number>
  register(credential: RegisteredCredential): void
  /** The claims of a token that this IMS signed and that has not expired. */
  verify(token: string): TokenClaims | null
  /** Lifetime of the tokens minted from now on, ms. */
  lifeMs: number
  /** Adobe switched JWT credentials off on 2026-03-01; true answers as if it had not. */
  jwtAlive: boolean
}

const dayMs = 24 * 60 * 60 * 1000
const issuerBase = 'https://ims-na1.adobelogin.com'

/**
 * Adobe IMS: POST /ims/token/v2, /ims/token/v3 (seconds) and /ims/exchange/jwt (milliseconds), with JWT-shaped tokens.
 * @see https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/ims
 */
export async function startIms({
  now = Date.now,
}: { readonly now?: () => number } = {}): Promise<ImsEmulator> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const credentials = new Map<string, RegisteredCredential>()
  const mints = new Map<string, number>()
  const knobs = { lifeMs: dayMs, jwtAlive: false }

  function mint(credential: RegisteredCredential, scope: string): { token: string; lifeMs: number } {
    mints.set(credential.clientId, (mints.get(credential.clientId) ?? 0) + 1)
    const claims: TokenClaims = {
      id: `${now()}_${randomUUID()}`,
      type: 'access_token',
      client_id: credential.clientId,
      user_id: credential.technicalAccountId,
      as: 'ims-na1',
      scope,
      created_at: String(now()),
      expires_in: String(knobs.lifeMs),
    }
    const signed = `${encode({ alg: 'RS256', x5u: 'ims_na1-key-at-1.cer', typ: 'at+jwt' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
    return { token: `${signed}.${signature}`, lifeMs: knobs.lifeMs }
  }

  function verifyToken(token: string): TokenClaims | null {
    const [head = '', body = '', signature = ''] = token.split('.')
    const genuine = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    )
    if (!genuine) return null
    const claims = decode(body) as TokenClaims
    return now() < Number(claims.created_at) + Number(claims.expires_in) ? claims : null
  }

  function clientCredentials(form: Map<string, string>): Reply {
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
    const { token, lifeMs } = mint(credential, scopes.join(','))
    return granted({ access_token: token, token_type: 'bearer', expires_in: Math.floor(lifeMs / 1000) - 1 })
  }

  function exchangeJwt(form: Map<string, string>): Reply {
    const credential = credentials.get(form.get('client_id') ?? '')
    if (!credential?.publicKey) return refusal(400, 'invalid_client', 'unknown client')
    if (!knobs.jwtAlive)
      return refusal(400, 'invalid_client', 'The Service Account (JWT) credential is no longer supported')
    if (!credential.secrets.includes(form.get('client_secret') ?? '')) {
      return refusal(401, 'invalid_client', 'invalid client_secret parameter')
    }
    const [head = '', body = '', signature = ''] = (form.get('jwt_token') ?? '').split('.')
    const claims = decode(body) as Record<string, unknown> | null
    if (!claims || typeof claims.exp !== 'number' || claims.exp * 1000 <= now()) {
      return refusal(400, 'invalid_token', 'JWT is missing, cannot be decoded or has expired')
    }
    const key = createPublicKey(credential.publicKey)
    const signed = Buffer.from(`${head}.${body}`)
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) {
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
      return refusal(
        400,
        'invalid_scope',
        'The metascopes in the JWT are not a subset of the metascopes in the binding.',
      )
    }
    const { token, lifeMs } = mint(credential, asked.join(','))
    return granted({ token_type: 'bearer', access_token: token, expires_in: lifeMs - 1 })
  }

  function handle(request: LoggedRequest): Reply {
    const { pathname } = new URL(request.url, 'http://ims')
    if (request.method !== 'POST') return { status: 404 }
    if (pathname === '/ims/token/v3' || pathname === '/ims/token/v2')
      return clientCredentials(formOf(request))
    if (pathname === '/ims/exchange/jwt' || pathname === '/ims/exchange/v1/jwt')
      return exchangeJwt(formOf(request))
    return { status: 404 }
  }

  const emulator = await startEmulator(handle, { now })
  return Object.assign(knobs, emulator, {
    mints,
    register: (credential: RegisteredCredential) => void credentials.set(credential.clientId, credential),
    verify: verifyToken,
  })
}

function granted(body: object): Reply {
  return { status: 200, headers: debugHeaders(body), body }
}

function refusal(status: number, error: string, description: string): Reply {
  const body = { error, error_description: description }
  return { status, headers: debugHeaders(body), body }
}

function debugHeaders(body: object): Record<string, string> {
  return { 'x-debug-id': createHash('sha1').update(JSON.stringify(body)).digest('hex').slice(0, 16) }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return null
  }
}
