import { randomBytes } from 'node:crypto'
import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'
import { openGrantStore } from '../../../../src/auth/oauth2/grant-store'
import { input, secret } from '../../../../src/inputs'
import { createSealer } from '../../../../src/state/sealer'
import { printed } from '../../../fixtures/destination-sdk/configurations'
import { errorOf } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { everyHostIs, hurriedClock, sourceContext } from '../../../fixtures/source-context'
import { startTokenServer } from '../../../fixtures/token-server'
import type { BlobFate, BlobOperation } from '../../../fixtures/memory-blob-store'
import type { TokenServer } from '../../../fixtures/token-server'

const hour = 3_600_000
/** These tests use no invitation. */
const use = () => Promise.resolve()
const redirectUri = 'https://app.example/callback'
const verifier = 'canary-code-verifier'
const inputs = { ID: 'app', SECRET: 'canary-client-secret', USER: 'ada', PASSWORD: 'canary-password' }
const client = { clientId: input('ID'), clientSecret: secret('SECRET') }

let server: TokenServer
let fate: (operation: BlobOperation) => BlobFate
beforeEach(async () => {
  server = await startTokenServer()
  fate = () => 'ok'
})
afterEach(() => server.stop())

/** A namespace with its files and its clock; `context` is the context of a new container. */
function namespace() {
  const key = randomBytes(32)
  const clock = hurriedClock()
  const files = createMemoryBlobStore({ clock, fault: (operation) => fate(operation) })
  const { http } = everyHostIs(server.url)
  const context = (changed: Partial<typeof inputs> = {}) =>
    sourceContext({
      inputs: { ...inputs, ...changed },
      http,
      clock,
      grants: openGrantStore(files, createSealer(key), clock),
    })
  return { clock, files, context, key }
}

const movies = destinationSdkOAuth2({
  name: 'movies',
  configuration: printed('capture-from-response'),
  inputs: { clientId: input('ID') },
})
const byPassword = destinationSdkOAuth2({
  name: 'movies',
  configuration: printed('password'),
  inputs: { ...client, username: input('USER'), password: secret('PASSWORD') },
})

async function consented() {
  const app = namespace()
  const request = { state: 's', nonce: 'n', codeVerifier: verifier, redirectUri }
  await movies.consent?.(app.context()).complete(new URLSearchParams({ code: 'canary-code' }), request, use)
  return { ...app, container: () => movies.open(app.context()) }
}

const grants = () => server.forms.map(({ grant_type: grant }) => grant)

describe('a consented grant', () => {
  it('is stored encrypted and used by every container until it expires', async () => {
    const { container, files } = await consented()

    const tokens = await Promise.all([container()(), container()()])

    expect(tokens.map(({ value }) => value)).toEqual(['canary-access-1', 'canary-access-1'])
    expect(grants()).toEqual(['authorization_code'])
    const [[path = '', file] = []] = files.files
    expect(path).toMatch(/^grants\/movies\/[0-9a-f]{32}$/)
    expect(file?.body.toString('utf8')).toMatch(/^v1\.[\w-]+$/)
  })

  it('is refreshed, and the rotated refresh token is stored for the next refresh', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    const first = await container()()
    clock.pass(hour)

    expect([first.value, (await container()()).value]).toEqual(['canary-access-2', 'canary-access-3'])
    expect(server.forms.slice(1).map(({ refresh_token: token }) => token)).toEqual([
      'canary-refresh-1',
      'canary-refresh-2',
    ])
  })

  it('keeps its refresh token when the server sends no new one', async () => {
    const { container, clock } = await consented()
    server.rotates = false
    for (const round of [2, 3]) {
      clock.pass(hour)
      expect((await container()()).value).toBe(`canary-access-${round}`)
    }
  })

  it('is refreshed once when five containers need it at the same time (single-flight)', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    server.once({ kind: 'delay', ms: 100 })

    const tokens = await Promise.all(Array.from({ length: 5 }, () => container()()))
    clock.pass(hour)
    const later = await container()()

    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['canary-access-2']))
    expect(later.value).toBe('canary-access-3')
    expect(grants()).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
  })

  it.each<[string, string, BlobFate, number]>([
    ['lock', 'is dropped before the store', 'lost-before', 1],
    ['lock', 'is applied without an answer', 'lost-after', 1],
    ['lock', 'is answered with a conflict', 'conflict', 1],
    ['renewed grant', 'is dropped before the store', 'lost-before', 2],
    ['renewed grant', 'is applied without an answer', 'lost-after', 2],
    ['renewed grant', 'is answered with a conflict', 'conflict', 2],
  ])('is refreshed although the write of the %s %s', async (_which, _what, what, at) => {
    const { container, clock } = await consented()
    clock.pass(hour)
    let writes = 0
    fate = ({ kind }) => (kind === 'write' && (writes += 1) === at ? what : 'ok')
    await container()()
    clock.pass(hour)

    expect((await container()()).value).toBe('canary-access-3')
    expect(grants()).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
  })

  it('keeps the rotated refresh token through an outage of the store', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    let after = 0
    fate = () => (server.forms.length === 2 && (after += 1) < 10 ? 'lost-before' : 'ok')
    await container()()
    clock.pass(hour)

    expect((await container()()).value).toBe('canary-access-3')
  })

  it('fails with store-unreachable when the store stays unreachable, without using the access token', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    fate = () => {
      if (server.forms.length < 2) return 'ok'
      clock.pass(10_000)
      return 'lost-before'
    }

    await expect(container()()).rejects.toMatchObject({ code: 'store-unreachable' })
  })

  it('is renewed by another container after the lock of a killed one has expired', async () => {
    const { container, clock, context } = await consented()
    clock.pass(hour)
    await new Promise<void>((asked) => {
      const http = () => new Promise<never>(() => asked())
      void movies.open({ ...context(), http })()
    })
    const waits = container()()
    clock.pass(46_000)

    expect((await waits).value).toBe('canary-access-2')
  })

  it('is re-read when another client used the refresh token without the lock', async () => {
    const { container, clock, files } = await consented()
    const [[path, before] = []] = files.files
    clock.pass(hour)
    await container()()
    const [[, after] = []] = files.files
    if (!path || !before || !after) throw new RangeError('no grant was stored')
    clock.pass(hour)
    // The file holds the earlier grant until the server has refused its refresh token, then the current one.
    files.files.set(path, before)
    server.once({ kind: 'reply', reply: { status: 400, body: { error: 'invalid_grant' } } }, () => {
      files.files.set(path, after)
      return true
    })

    expect((await container()()).value).toBe('canary-access-3')
    expect(
      server.requests.slice(-2).map(({ body }) => /canary-refresh-./.exec(body.toString())?.[0]),
    ).toEqual(['canary-refresh-1', 'canary-refresh-2'])
  })

  it('overrides a renewal that was under way when the user consented again', async () => {
    const app = await consented()
    app.clock.pass(hour)
    const consentAgain = movies.consent?.(app.context())
    server.once({ kind: 'delay', ms: 50 })
    const renewal = app.container()()
    while (server.requests.length < 2) await app.clock.sleep(1)
    const request = { state: 's', nonce: 'n', codeVerifier: verifier, redirectUri }
    await consentAgain?.complete(new URLSearchParams({ code: 'another' }), request, use)

    expect((await renewal).value).toBe('canary-access-3')
    expect((await app.container()()).value).toBe('canary-access-3')
    expect(server.forms.at(-1)).toMatchObject({ code: 'another' })
  })

  it('fails with needs-reauth after it was withdrawn', async () => {
    const { container, clock } = await consented()
    server.revoke()
    clock.pass(hour)

    const error = await errorOf(container()())

    expect(error).toMatchObject({
      code: 'needs-reauth',
      message: expect.stringContaining('api.moviestar.com refused the credential: invalid_grant') as string,
      remedy: expect.stringContaining('connect') as string,
    })
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary')
  })

  it('fails with needs-reauth after its refresh token has expired, without calling the token endpoint', async () => {
    server.extra = { refresh_token_expires_in: '7200' }
    const { container, clock } = await consented()
    clock.pass(hour)
    await container()()
    server.extra = {}
    clock.pass(2 * hour)

    await expect(container()()).rejects.toMatchObject({
      code: 'needs-reauth',
      message: expect.stringContaining('the refresh token has expired') as string,
    })
    expect(server.requests).toHaveLength(2)
  })

  it('is kept when the server refuses the client', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    server.once({ kind: 'reply', reply: { status: 401, body: { error: 'invalid_client' } } })

    await expect(container()()).rejects.toMatchObject({ code: 'token-refused' })
    expect((await container()()).value).toBe('canary-access-2')
  })

  it('is used until the source refuses it if it has neither expiry nor refresh token', async () => {
    server.extra = { expires_in: undefined, refresh_token: undefined }
    const { container, clock } = await consented()
    clock.pass(365 * 24 * hour)
    const provider = container()
    const token = await provider()
    await provider.drop(token)

    await expect(provider()).rejects.toMatchObject({ code: 'needs-reauth' })
    expect(grants()).toEqual(['authorization_code'])
  })

  describe('that cannot be decrypted', () => {
    async function withoutItsKey() {
      const app = await consented()
      const [[path = '', before] = []] = app.files.files
      const strange = {
        ...app.context(),
        grants: openGrantStore(app.files, createSealer(randomBytes(32)), app.clock),
      }
      return { ...app, path, before: before?.body.toString(), strange }
    }

    it('fails with state-corrupt and is not overwritten', async () => {
      const { files, path, before, strange } = await withoutItsKey()

      expect(await errorOf(movies.open(strange)())).toMatchObject({
        code: 'state-corrupt',
        remedy: expect.stringContaining('JSON array') as string,
      })
      expect([...files.files.keys()]).toEqual([path])
      expect(files.files.get(path)?.body.toString()).toBe(before)
    })

    it('is usable again with its own key', async () => {
      const { container, strange, clock } = await withoutItsKey()
      clock.pass(hour)
      await errorOf(movies.open(strange)())

      expect((await container()()).value).toBe('canary-access-2')
    })

    it('is copied aside when the user consents again', async () => {
      const { files, path, before, strange } = await withoutItsKey()
      const request = { state: 's', nonce: 'n', codeVerifier: verifier, redirectUri }

      await movies.consent?.(strange).complete(new URLSearchParams({ code: 'another' }), request, use)

      expect((await movies.open(strange)()).value).toBe('canary-access-2')
      const [[copy, kept] = []] = [...files.files].filter(([name]) => name !== path)
      expect(copy).toMatch(/^unreadable-grants\/movies\/[0-9a-f]{32}-[0-9a-f]{16}$/)
      expect(kept?.body.toString()).toBe(before)
    })
  })

  it('is decrypted by an earlier key during a key rotation, and then encrypted with the first key', async () => {
    const { files, clock, context, key } = await consented()
    const next = randomBytes(32)
    const both = () => ({ ...context(), grants: openGrantStore(files, createSealer(next, key), clock) })
    const nextOnly = () => ({ ...context(), grants: openGrantStore(files, createSealer(next), clock) })
    clock.pass(hour)

    expect((await movies.open(both())()).value).toBe('canary-access-2')
    expect((await movies.open(nextOnly())()).value).toBe('canary-access-2')
  })

  it.each([
    ['a firewall', { status: 403, body: { error: 'forbidden' } }, 'token-refused'],
    ['an unknown error code', { status: 400, body: { error: 'token_gone' } }, 'token-refused'],
    ['server_error', { status: 400, body: { error: 'server_error' } }, 'token-unavailable'],
    ['a redirect with JSON', { status: 302, body: { error: 'invalid_grant' } }, 'token-unavailable'],
  ])('is kept after a refusal by %s, and used by the next run', async (_what, reply, code) => {
    const { container, clock } = await consented()
    clock.pass(hour)
    server.once({ kind: 'reply', reply })

    expect(await errorOf(container()())).toMatchObject({ code })
    expect((await container()()).value).toBe('canary-access-2')
  })

  it('reports its access token and refresh token to the redactor when it is read from the store', async () => {
    const { context } = await consented()
    const learnt: string[] = []
    await movies.open({ ...context(), learn: (secret) => learnt.push(secret) })()

    expect(learnt).toEqual(expect.arrayContaining(['canary-access-1', 'canary-refresh-1']))
  })

  it('fails without TOKEN_ENCRYPTION_KEY and names that input', () => {
    const withoutStore = sourceContext({ inputs })

    expect(() => movies.open(withoutStore)).toThrow('TOKEN_ENCRYPTION_KEY is not set')
    expect(() => movies.consent?.(withoutStore)).toThrow('TOKEN_ENCRYPTION_KEY is not set')
  })
})

describe('a grant by password', () => {
  it('is refreshed, and requested again by password when the refresh token is refused', async () => {
    const app = namespace()
    await byPassword.open(app.context())()
    app.clock.pass(hour)
    await byPassword.open(app.context())()
    server.revoke()
    app.clock.pass(hour)
    await byPassword.open(app.context())()

    expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'password'])
  })

  it('is renewed at once when the source refuses the access token', async () => {
    const provider = byPassword.open(namespace().context())
    const first = await provider()
    await provider.drop(first)

    expect((await provider()).value).toBe('canary-access-2')
  })

  it('is separate for each user name, and kept after a rotation of the client secret', async () => {
    const app = namespace()
    const [ada, bob, rotated] = [{}, { USER: 'bob' }, { SECRET: 'canary-new-secret' }]
    for (const changed of [ada, bob, rotated]) await byPassword.open(app.context(changed))()

    expect(server.forms.map(({ username }) => username)).toEqual(['ada', 'bob'])
  })

  it('is separate for each user name that is a secret', async () => {
    const secretUser = destinationSdkOAuth2({
      name: 'movies',
      configuration: printed('password'),
      inputs: { ...client, username: secret('USER'), password: secret('PASSWORD') },
    })
    const app = namespace()
    for (const USER of ['canary-ada', 'canary-bob']) await secretUser.open(app.context({ USER }))()

    expect(server.forms.map(({ username }) => username)).toEqual(['canary-ada', 'canary-bob'])
    expect([...app.files.files.keys()].join()).not.toContain('canary')
  })

  it.each([
    ['another token URL', { accessTokenUrl: 'https://other.moviestar.com/token' }],
    ['another refresh URL', { refreshTokenUrl: 'https://other.moviestar.com/refresh' }],
    ['other scopes', { scope: ['admin'] }],
  ])('is requested again with %s, and the old refresh token is not sent', async (_what, change) => {
    const configuration = printed('password')
    const changed = destinationSdkOAuth2({
      name: 'movies',
      configuration: { ...configuration, ...change },
      inputs: { ...client, username: input('USER'), password: secret('PASSWORD') },
    })
    const app = namespace()
    await byPassword.open(app.context())()
    app.clock.pass(hour)
    await changed.open(app.context())()

    expect(grants()).toEqual(['password', 'password'])
  })

  it('is kept where its scopes are written in another order', async () => {
    const app = namespace()
    for (const scope of [
      ['read', 'admin'],
      ['admin', 'read'],
    ]) {
      const scoped = destinationSdkOAuth2({
        name: 'movies',
        configuration: { ...printed('password'), scope },
        inputs: { ...client, username: input('USER'), password: secret('PASSWORD') },
      })
      await scoped.open(app.context())()
      app.clock.pass(hour)
    }

    expect(grants()).toEqual(['password', 'refresh_token'])
  })

  it('is kept in memory without a store', async () => {
    const clock = hurriedClock()
    const { http } = everyHostIs(server.url)
    const provider = byPassword.open(sourceContext({ inputs, http, clock }))
    await provider()
    clock.pass(hour)
    await provider()

    expect(grants()).toEqual(['password', 'refresh_token'])
  })
})
