import { randomBytes } from 'node:crypto'
import OAuth2Server from '@node-oauth/oauth2-server'
import { startEmulator } from '../../emulators/emulator'
import { destinationSdkOAuth2, openGrantStore } from '../../src/auth/oauth2'
import { input, secret } from '../../src/inputs'
import { createSealer } from '../../src/state/sealer'
import { errorOf } from '../fixtures/error-of'
import { createMemoryBlobStore } from '../fixtures/memory-blob-store'
import { hurriedClock, sourceContext } from '../fixtures/source-context'
import type { Client, PasswordModel, RefreshToken, RefreshTokenModel, Token } from '@node-oauth/oauth2-server'
import type { Emulator, LoggedRequest, Reply } from '../../emulators/emulator'

const hour = 3_600_000
// This server takes what is in the header as it stands; a secret of plain signs is the same either way.
const inputs = { ID: 'the-app', SECRET: 'canary-app-secret', USER: 'ada', PASSWORD: 'canary pass&word=ü' }

let authority: Emulator
let tokens: Map<string, Token>
beforeEach(async () => {
  tokens = new Map()
  const server = new OAuth2Server({ model: modelOf(tokens), accessTokenLifetime: 3600 })
  authority = await startEmulator((request) => answer(server, request))
})
afterEach(() => authority.stop())

/** @node-oauth/oauth2-server behind one route. It rotates refresh tokens. */
async function answer(server: OAuth2Server, { method, headers, body }: LoggedRequest): Promise<Reply> {
  const response = new OAuth2Server.Response()
  const form = Object.fromEntries(new URLSearchParams(body.toString()))
  const request = new OAuth2Server.Request({ method, headers: headers as never, query: {}, body: form })
  await server.token(request, response).catch(() => undefined)
  return { status: response.status ?? 500, body: response.body as object }
}

function modelOf(kept: Map<string, Token>): PasswordModel & RefreshTokenModel {
  const client: Client = { id: inputs.ID, grants: ['password', 'refresh_token'] }
  return {
    getClient: (id, clientSecret) =>
      Promise.resolve(id === inputs.ID && clientSecret === inputs.SECRET && client),
    getUser: (username, password) =>
      Promise.resolve(username === inputs.USER && password === inputs.PASSWORD && { username }),
    saveToken(token, of, user) {
      const saved = { ...token, client: of, user }
      kept.set(token.refreshToken ?? '', saved)
      return Promise.resolve(saved)
    },
    getRefreshToken: (token) => Promise.resolve((kept.get(token) as RefreshToken | undefined) ?? false),
    revokeToken: ({ refreshToken }) => Promise.resolve(kept.delete(refreshToken)),
    getAccessToken: () => Promise.resolve(false),
    validateScope: (_user, _client, scope) => Promise.resolve(scope ?? []),
  }
}

function app(useBasicAuth = false, changed: Partial<typeof inputs> = {}) {
  const clock = hurriedClock()
  const files = createMemoryBlobStore({ clock })
  const grants = openGrantStore(files, createSealer(randomBytes(32)), clock)
  const source = destinationSdkOAuth2({
    name: 'movies',
    configuration: {
      authType: 'OAUTH2',
      grant: 'OAUTH2_PASSWORD',
      accessTokenUrl: `${authority.url}/token`,
      scope: ['read', 'write'],
      options: { useBasicAuth },
    },
    inputs: {
      clientId: input('ID'),
      clientSecret: secret('SECRET'),
      username: input('USER'),
      password: secret('PASSWORD'),
    },
  })
  const context = sourceContext({ inputs: { ...inputs, ...changed }, clock, grants })
  return { clock, files, container: () => source.open(context) }
}

const current = () => [...tokens.values()].map(({ accessToken }) => accessToken)
const grantTypes = () =>
  authority.requests.map(({ body }) => new URLSearchParams(body.toString()).get('grant_type'))

it.each([
  ['body', false],
  ['header', true],
])(
  'a password gives a token with the scopes that were asked for, the client in the %s',
  async (_place, basic) => {
    const { value } = await app(basic).container()()

    expect(current()).toEqual([value])
    expect([...tokens.values()][0]?.scope).toEqual(['read', 'write'])
  },
)

it('the token is refreshed with a refresh token that rotates, by any container', async () => {
  const { container, clock, files } = app()
  const values: string[] = []
  for (let passed = 0; passed < 3; passed += 1) {
    values.push((await container()()).value)
    clock.pass(hour)
  }

  expect(new Set(values).size).toBe(3)
  expect(current()).toEqual([values[2]])
  expect(grantTypes()).toEqual(['password', 'refresh_token', 'refresh_token'])
  const stored = [...files.files.values()].map(({ body }) => body.toString()).join()
  for (const plain of [...values, ...tokens.keys(), 'canary']) expect(stored).not.toContain(plain)
})

it('a refresh token that the server no longer knows is replaced by a new grant with the password', async () => {
  const { container, clock } = app()
  await container()()
  tokens.clear()
  clock.pass(hour)

  const { value } = await container()()

  expect(current()).toEqual([value])
  expect(grantTypes()).toEqual(['password', 'refresh_token', 'password'])
})

it.each([
  ['password', { PASSWORD: 'canary-wrong' }, 'invalid_grant'],
  ['client secret', { SECRET: 'canary-wrong' }, 'invalid_client'],
])('a wrong %s is refused, and the error does not repeat it', async (_what, changed, code) => {
  const error = await errorOf(app(false, changed).container()())

  expect(error).toMatchObject({
    code: 'token-refused',
    message: expect.stringContaining(code) as string,
    details: { oauthError: code },
  })
  expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary')
})
