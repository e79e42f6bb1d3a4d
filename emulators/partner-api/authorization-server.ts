import { randomUUID } from 'node:crypto'
import OAuth2Server from '@node-oauth/oauth2-server'
import type {
  AuthorizationCode,
  AuthorizationCodeModel,
  Client,
  ClientCredentialsModel,
  RefreshToken,
  RefreshTokenModel,
  Token,
} from '@node-oauth/oauth2-server'
import type { LoggedRequest, Reply } from '../emulator'
import type { Memory } from '../memory'

/** The one client of the partner. */
export const partnerClient = { id: 'partner-client', secret: 'canary-partner-client-secret' }

export interface AuthorizationServer {
  /** Lifetime of the access tokens issued from now on, s. */
  expiresIn: number
  /** Registered redirect URIs of the client. */
  readonly redirectUris: string[]
  /** Whether an access token was issued here, has not expired and was not revoked. */
  accepts(accessToken: string): boolean
  /** Expires all access tokens; refresh tokens stay valid. */
  expireAccessTokens(): void
  /** Revokes all access and refresh tokens. */
  revokeAll(): void
  /** Answers `/oauth/token` and `/oauth/authorize`; null for another path. */
  answer(request: LoggedRequest): Promise<Reply> | null
  readonly memory: Memory
}

const grants = ['client_credentials', 'authorization_code', 'refresh_token']
/** The library compares expiry with the wall clock; the emulator uses the injected clock instead. */
const never = new Date(8.64e15)

/**
 * A partner's authorization server (RFC 6749, RFC 7636): client credentials, and authorization codes with PKCE whose
 * refresh tokens rotate. The protocol is that of `@node-oauth/oauth2-server`.
 */
export function createAuthorizationServer(now: () => number): AuthorizationServer {
  const knobs = { expiresIn: 3600, redirectUris: [] as string[] }
  const accessTokens = new Map<string, number>()
  const refreshTokens = new Map<string, RefreshToken>()
  const codes = new Map<string, AuthorizationCode>()
  const next = (kind: string) => Promise.resolve(`partner-${kind}-${randomUUID()}-canary`)

  const model: AuthorizationCodeModel & ClientCredentialsModel & RefreshTokenModel = {
    generateAccessToken: () => next('token'),
    generateRefreshToken: () => next('refresh'),
    getClient: (id, secret) => {
      const known = id === partnerClient.id && ([null, partnerClient.secret] as unknown[]).includes(secret)
      return Promise.resolve(known && { id, grants, redirectUris: knobs.redirectUris })
    },
    getUserFromClient: ({ id }: Client) => Promise.resolve({ id }),
    saveToken(token, client, user) {
      const saved: Token = { ...token, client, user }
      accessTokens.set(token.accessToken, now() + knobs.expiresIn * 1000)
      const { refreshToken } = token
      if (refreshToken)
        refreshTokens.set(refreshToken, { ...saved, refreshToken, refreshTokenExpiresAt: never })
      return Promise.resolve(saved)
    },
    getAccessToken: () => Promise.resolve(false),
    getRefreshToken: (token) => Promise.resolve(refreshTokens.get(token) ?? false),
    revokeToken: ({ refreshToken }) => Promise.resolve(refreshTokens.delete(refreshToken)),
    saveAuthorizationCode(code, client, user) {
      const saved: AuthorizationCode = { ...code, expiresAt: never, client, user }
      codes.set(code.authorizationCode, saved)
      return Promise.resolve(saved)
    },
    getAuthorizationCode: (code) => Promise.resolve(codes.get(code) ?? false),
    revokeAuthorizationCode: ({ authorizationCode }) => Promise.resolve(codes.delete(authorizationCode)),
    validateScope: (_user, _client, scope = []) => Promise.resolve(scope),
  }
  const server = new OAuth2Server({ model })

  async function token(request: LoggedRequest): Promise<Reply> {
    const response = new OAuth2Server.Response()
    await server.token(toLibrary(request), response).catch(() => undefined)
    const { status = 500, headers } = response
    const body = response.body as object
    const lifetime = status === 200 ? { expires_in: knobs.expiresIn } : {}
    return { status, headers: { 'cache-control': 'no-store', ...headers }, body: { ...body, ...lifetime } }
  }

  /** Redirects with a code, or with `access_denied` if the form field `allowed` is `false`. */
  async function decide(request: LoggedRequest): Promise<Reply> {
    const response = new OAuth2Server.Response()
    const authenticateHandler = { handle: () => ({ name: 'owner' }) }
    await server.authorize(toLibrary(request), response, { authenticateHandler }).catch(() => undefined)
    const location = response.get('location') as string | undefined
    // Without a registered redirect URI there is no safe address for the error (RFC 6749 §4.1.2.1).
    return location === undefined
      ? { status: 400, body: 'invalid request' }
      : { status: 302, headers: { location } }
  }

  return Object.assign(knobs, {
    memory: { accessTokens, refreshTokens, codes },
    accepts: (accessToken: string) => now() < (accessTokens.get(accessToken) ?? 0),
    expireAccessTokens: () => {
      accessTokens.clear()
    },
    revokeAll: () => {
      accessTokens.clear()
      refreshTokens.clear()
    },
    answer(request: LoggedRequest) {
      const { pathname, searchParams } = new URL(request.url, 'http://partner')
      if (pathname === '/oauth/token' && request.method === 'POST') return token(request)
      if (pathname !== '/oauth/authorize') return null
      return request.method === 'POST' ? decide(request) : Promise.resolve(page(searchParams))
    },
  })
}

function toLibrary({ method, url, headers, body }: LoggedRequest): OAuth2Server.Request {
  const { searchParams } = new URL(url, 'http://partner')
  return new OAuth2Server.Request({
    method,
    headers: headers as Record<string, string>,
    query: Object.fromEntries(searchParams),
    body: Object.fromEntries(new URLSearchParams(body.toString())),
  })
}

function page(query: URLSearchParams): Reply {
  const fields = [...query].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const body = `<!doctype html><title>Partner</title><h1>An app asks to read your flights</h1>
<form method="post" action="/oauth/authorize">${fields.join('')}
<button name="allowed" value="true">accept</button>
<button name="allowed" value="false">decline</button></form>`
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
