import { createHash, randomBytes } from 'node:crypto'
import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'
import { openGrantStore } from '../../../../src/auth/oauth2/grant-store'
import { createSealer } from '../../../../src/state/sealer'
import { printed } from '../../../fixtures/destination-sdk/configurations'
import { errorOf } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { everyHostIs, hurriedClock, sourceContext } from '../../../fixtures/source-context'
import { startTokenServer } from '../../../fixtures/token-server'
import type { Consent } from '../../../../src/auth/consent/consent'
import type { TokenServer } from '../../../fixtures/token-server'

const request = {
  state: 'the-state',
  nonce: 'the-nonce',
  codeVerifier: 'canary-verifier',
  redirectUri: 'https://app.example/callback',
}

/** Nothing is invited here. */
const use = () => Promise.resolve()

let server: TokenServer
beforeEach(async () => {
  server = await startTokenServer()
})
afterEach(() => server.stop())

function consentWith(change: object = {}): { consent: Consent; asked: string[]; kept: Map<string, unknown> } {
  const clock = hurriedClock()
  const files = createMemoryBlobStore({ clock })
  const { http, asked } = everyHostIs(server.url)
  const grants = openGrantStore(files, createSealer(randomBytes(32)), clock)
  const { consent } = destinationSdkOAuth2({
    name: 'movies',
    configuration: { ...printed('authorization-code'), ...change },
    allowedHosts: ['api.moviestar.com'],
  })
  if (!consent) throw new RangeError('it asks nobody')
  return { consent: consent(sourceContext({ http, clock, grants })), asked, kept: files.files }
}

it('builds the authorization URL from the configuration, with the PKCE challenge', async () => {
  const { consent } = consentWith({ authorizationUrl: 'https://www.moviestar.com/dialog/OAuth?display=page' })

  const url = new URL(await consent.authorizationUrl(request))

  expect(url.origin + url.pathname).toBe('https://www.moviestar.com/dialog/OAuth')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    display: 'page',
    response_type: 'code',
    client_id: 'Experience-Platform-client-id',
    redirect_uri: request.redirectUri,
    scope: 'read write',
    state: request.state,
    code_challenge: createHash('sha256').update(request.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
})

it('exchanges the code at the token URL with the PKCE verifier', async () => {
  const { consent, asked, kept } = consentWith()

  const granted = await consent.complete(new URLSearchParams({ code: 'canary-code' }), request, use)

  expect(granted.linked).toBe('movies')
  expect(asked).toEqual(['https://api.moviestar.com/OAuth/access_token'])
  expect(server.forms).toEqual([
    {
      grant_type: 'authorization_code',
      code: 'canary-code',
      redirect_uri: request.redirectUri,
      code_verifier: request.codeVerifier,
      client_id: 'Experience-Platform-client-id',
      client_secret: 'Experience-Platform-client-secret',
    },
  ])
  expect(kept.size).toBe(1)
})

it('omits PKCE when options.pkce is false', async () => {
  const { consent } = consentWith({ options: { pkce: false } })

  const url = await consent.authorizationUrl(request)
  await consent.complete(new URLSearchParams({ code: 'canary-code' }), request, use)

  expect(url).not.toContain('code_challenge')
  expect(server.forms[0]).not.toHaveProperty('code_verifier')
})

const pebble = (value: string) => ({ templatingStrategy: 'PEBBLE_V1', value })
const template = {
  destinationServerType: 'URL_BASED',
  urlBasedDestination: { url: pebble('https://api.moviestar.com/{{ "exchange" }}') },
  httpTemplate: {
    httpMethod: 'POST',
    requestBody: pebble(
      "{{ formUrlEncode('code', authData.code, 'verifier', authData.codeVerifier) | raw }}",
    ),
  },
  responseFields: [{ name: 'accessToken', ...pebble('{{ response.body.access_token }}') }],
}

it.each([
  ['the templated URL without accessTokenUrl', { accessTokenUrl: undefined }, 'exchange'],
  ['accessTokenUrl if it is configured', {}, 'OAuth/access_token'],
])('exchanges the code at %s', async (_what, change, path) => {
  const { consent, asked } = consentWith({ accessTokenRequest: template, ...change })

  await consent.complete(new URLSearchParams({ code: 'canary-code' }), request, use)

  expect(asked).toEqual([`https://api.moviestar.com/${path}`])
  expect(server.forms[0]).toMatchObject({ code: 'canary-code' })
})

it.each([
  ['the user declines', { error: 'access_denied' }, 'consent-declined', /You did not give/],
  ['the server refuses', { error: 'invalid_scope' }, 'consent-declined', /invalid_scope/],
  ['the error is not a code', { error: '<script>canary</script>' }, 'consent-declined', /an unknown code/],
  ['there is no code', {}, 'consent-invalid', /sent no code/],
  ['the code is empty', { code: '' }, 'consent-invalid', /sent no code/],
])('links nothing when %s', async (_what, redirect, code, message) => {
  const { consent, asked, kept } = consentWith()

  const error = await errorOf(consent.complete(new URLSearchParams(redirect), request, use))

  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  expect([asked, kept.size]).toEqual([[], 0])
  expect(String(error)).not.toContain('canary')
})

it.each([
  ['another', { iss: 'https://evil.example', code: 'canary-code' }],
  ['no', { code: 'canary-code' }],
])('refuses a redirect with %s issuer when options.issuer is set', async (_what, redirect) => {
  const { consent, asked } = consentWith({ options: { issuer: 'https://www.moviestar.com' } })

  await expect(consent.complete(new URLSearchParams(redirect), request, use)).rejects.toMatchObject({
    code: 'consent-invalid',
  })
  expect(asked).toEqual([])
})

it('reports a code that the server refuses as a declined consent', async () => {
  const { consent, kept } = consentWith()
  server.once({ kind: 'reply', reply: { status: 400, body: { error: 'invalid_grant' } } })

  const error = await errorOf(consent.complete(new URLSearchParams({ code: 'canary-code' }), request, use))

  expect(error).toMatchObject({ code: 'consent-declined', details: { error: 'invalid_grant' } })
  expect(kept.size).toBe(0)
})
