import { randomBytes } from 'node:crypto'
import { destinationSdkOAuth2, openGrantStore } from '../../src/auth/oauth2'
import { input, secret } from '../../src/inputs'
import { createSealer } from '../../src/state/sealer'
import { errorOf } from '../fixtures/error-of'
import { createMemoryBlobStore } from '../fixtures/memory-blob-store'
import { oidcSecret, redirectUri } from '../fixtures/oidc-server/clients'
import { consentInBrowser, startOidcServer } from '../fixtures/oidc-server/oidc-server'
import { hurriedClock, sourceContext } from '../fixtures/source-context'
import type { Authentication } from '../../src/auth/oauth2'
import type { OidcServer } from '../fixtures/oidc-server/oidc-server'

const hour = 3_600_000

let server: OidcServer
beforeAll(async () => {
  server = await startOidcServer()
})
afterAll(() => server.stop())

const client = { clientId: input('ID'), clientSecret: secret('SECRET') }

function forPeople(change: object = {}): Authentication {
  return destinationSdkOAuth2({
    name: 'movies',
    configuration: {
      authType: 'OAUTH2',
      grant: 'OAUTH2_AUTHORIZATION_CODE',
      authorizationUrl: `${server.url}/auth`,
      accessTokenUrl: `${server.url}/token`,
      scope: ['openid', 'movies'],
      options: { issuer: server.url },
      ...change,
    },
    inputs: client,
  })
}

function app(source: Authentication, id = 'for-people', clientSecret = oidcSecret) {
  const clock = hurriedClock()
  const files = createMemoryBlobStore({ clock })
  const grants = openGrantStore(files, createSealer(randomBytes(32)), clock)
  const context = sourceContext({ inputs: { ID: id, SECRET: clientSecret }, clock, grants })
  const request = {
    state: randomBytes(16).toString('hex'),
    nonce: 'n',
    codeVerifier: randomBytes(32).toString('base64url'),
    redirectUri,
  }
  const consent = () => source.consent?.(context) ?? fail()
  return {
    clock,
    files,
    request,
    container: () => source.open(context),
    goThere: async (options = {}) => consentInBrowser(await consent().authorizationUrl(request), options),
    comeBack: (redirect: URL, changed = {}) =>
      consent().complete(redirect.searchParams, { ...request, ...changed }, () => Promise.resolve()),
  }
}

function fail(): never {
  throw new RangeError('it asks nobody')
}

/** What the server itself says of a token. */
async function introspect(token: string): Promise<{ active: boolean; scope?: string; client_id?: string }> {
  const form = { token, client_id: 'for-people', client_secret: oidcSecret }
  const response = await fetch(`${server.url}/token/introspection`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return (await response.json()) as { active: boolean }
}

it('a person logs in and consents, and the source gets their token', async () => {
  const { goThere, comeBack, container, request } = app(forPeople())

  const redirect = await goThere()
  await comeBack(redirect)
  const { value } = await container()()

  expect(redirect.searchParams.get('state')).toBe(request.state)
  expect(await introspect(value)).toMatchObject({
    active: true,
    client_id: 'for-people',
    scope: 'openid movies',
  })
})

it('refresh tokens rotate, hour after hour, in container after container', async () => {
  const { goThere, comeBack, container, clock } = app(forPeople())
  await comeBack(await goThere())
  const values: string[] = []
  for (let passed = 0; passed < 4; passed += 1) {
    values.push((await container()()).value)
    clock.pass(hour)
  }

  expect(new Set(values).size).toBe(4)
  for (const value of values) expect(await introspect(value)).toMatchObject({ active: true })
})

it('containers that refresh at the same time use each refresh token once (single-flight): a second use would revoke the grant', async () => {
  const { goThere, comeBack, container, clock } = app(forPeople())
  await comeBack(await goThere())
  clock.pass(hour)

  const tokens = await Promise.all([container()(), container()(), container()()])
  clock.pass(hour)
  const { value } = await container()()

  expect(new Set(tokens.map((token) => token.value)).size).toBe(1)
  expect(await introspect(value)).toMatchObject({ active: true })
})

it('a person without a valid grant must consent again', async () => {
  const { goThere, comeBack, container, clock, files } = app(forPeople())
  await comeBack(await goThere())
  const [[path, before] = []] = files.files
  clock.pass(hour)
  await container()()
  clock.pass(hour)
  // A restored backup: its refresh token has been spent.
  if (path && before) files.files.set(path, before)

  await expect(container()()).rejects.toMatchObject({
    code: 'needs-reauth',
    message: expect.stringContaining('invalid_grant') as string,
  })
})

it.each<[string, object, object, (url: string) => object, string, RegExp]>([
  ['the person does not agree', { agrees: false }, {}, () => ({}), 'consent-declined', /You did not give/],
  [
    'the verifier is another',
    {},
    { codeVerifier: 'x'.repeat(43) },
    () => ({}),
    'consent-declined',
    /invalid_grant/,
  ],
  [
    'the server must not ask and has to',
    {},
    {},
    (url) => ({ authorizationUrl: `${url}/auth?prompt=none` }),
    'consent-declined',
    /login_required/,
  ],
  [
    'the issuer is another',
    {},
    {},
    () => ({ options: { issuer: 'https://evil.example' } }),
    'consent-invalid',
    /was asked/,
  ],
])('nothing is linked where %s', async (_what, browser, changed, change, code, message) => {
  const { goThere, comeBack, files } = app(forPeople(change(server.url)))

  const error = await errorOf(comeBack(await goThere(browser), changed))

  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  expect(files.files.size).toBe(0)
  expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary')
})

it('an authorization code can be used once', async () => {
  const { goThere, comeBack } = app(forPeople())
  const redirect = await goThere()
  await comeBack(redirect)

  await expect(comeBack(redirect)).rejects.toMatchObject({ code: 'consent-declined' })
})

describe.each([
  ['client_secret_basic', true],
  ['client_secret_post', false],
])('client credentials by %s', (method, useBasicAuth) => {
  const source = () =>
    destinationSdkOAuth2({
      name: 'movies',
      configuration: {
        authType: 'OAUTH2',
        grant: 'OAUTH2_CLIENT_CREDENTIALS',
        accessTokenUrl: `${server.url}/token`,
        scope: ['movies'],
        options: { useBasicAuth },
      },
      inputs: client,
    })

  it('give a token', async () => {
    const { value, expiresAt } = await app(source(), `for-services:${method}`).container()()

    expect(expiresAt - Date.now()).toBeGreaterThan(0.99 * hour)
    expect(await introspect(value)).toMatchObject({ active: true, scope: 'movies' })
  })

  it('are refused with a wrong secret, which the error does not repeat', async () => {
    const { container } = app(source(), `for-services:${method}`, 'canary-wrong')

    const error = await errorOf(container()())

    expect(error).toMatchObject({
      code: 'token-refused',
      message: expect.stringContaining('invalid_client') as string,
    })
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary')
  })
})

it('a templated request gets a token from the same server, and its validations apply', async () => {
  const pebble = (value: string) => ({ templatingStrategy: 'PEBBLE_V1', value })
  const source = destinationSdkOAuth2({
    name: 'movies',
    configuration: {
      authType: 'OAUTH2',
      grant: 'OAUTH2_CLIENT_CREDENTIALS',
      accessTokenRequest: {
        destinationServerType: 'URL_BASED',
        urlBasedDestination: { url: pebble('http://{{ authData.host }}/token') },
        httpTemplate: {
          requestBody: pebble(
            "{{ formUrlEncode('grant_type', 'client_credentials', 'client_id', authData.clientId, 'client_secret', authData.clientSecret, 'scope', 'movies') | raw }}",
          ),
          httpMethod: 'POST',
          contentType: 'application/x-www-form-urlencoded',
        },
        responseFields: [
          { name: 'accessToken', ...pebble('{{ response.body.access_token }}') },
          { name: 'expiresIn', ...pebble('{{ response.body.expires_in }}') },
        ],
        validations: [
          { name: 'status', actualValue: pebble('{{ response.status }}'), expectedValue: pebble('200') },
        ],
      },
    },
    inputs: { ...client, host: input('HOST') },
    allowedHosts: [new URL(server.url).host],
  })
  const inputs = { ID: 'for-services:client_secret_post', SECRET: oidcSecret, HOST: new URL(server.url).host }

  const { value } = await source.open(sourceContext({ inputs }))()

  expect(await introspect(value)).toMatchObject({ active: true })
})
