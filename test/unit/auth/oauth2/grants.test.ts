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
/** Nothing is invited here. */
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

/** A namespace with its files, its clock and any number of containers. */
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
      grants: openGrantStore(files, createSealer(key)),
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

describe('what a person has granted', () => {
  it('is kept, sealed, and used by any container until it expires', async () => {
    const { container, files } = await consented()

    const tokens = await Promise.all([container()(), container()()])

    expect(tokens.map(({ value }) => value)).toEqual(['canary-access-1', 'canary-access-1'])
    expect(grants()).toEqual(['authorization_code'])
    const [[path = '', file] = []] = files.files
    expect(path).toMatch(/^grants\/movies\/[0-9a-f]{32}$/)
    expect(file?.body.toString('utf8')).toMatch(/^v1\.[\w-]+$/)
  })

  it('is refreshed, and the new refresh token kept before the new access token is used', async () => {
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

  it('keeps its refresh token where the server sends no new one', async () => {
    const { container, clock } = await consented()
    server.rotates = false
    for (const round of [2, 3]) {
      clock.pass(hour)
      expect((await container()()).value).toBe(`canary-access-${round}`)
    }
  })

  it('is refreshed once however many containers want it at the same time', async () => {
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
    ['claim', 'is lost on its way', 'lost-before', 1],
    ['claim', 'gets no answer', 'lost-after', 1],
    ['claim', 'is said to conflict', 'conflict', 1],
    ['new grant', 'is lost on its way', 'lost-before', 2],
    ['new grant', 'gets no answer', 'lost-after', 2],
    ['new grant', 'is said to conflict', 'conflict', 2],
  ])('survives that the write of the %s %s', async (_which, _what, what, at) => {
    const { container, clock } = await consented()
    clock.pass(hour)
    let writes = 0
    fate = ({ kind }) => (kind === 'write' && (writes += 1) === at ? what : 'ok')
    await container()()
    clock.pass(hour)

    expect((await container()()).value).toBe('canary-access-3')
    expect(grants()).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
  })

  it('waits out an outage of the store rather than lose the new refresh token', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    let after = 0
    fate = () => (server.forms.length === 2 && (after += 1) < 10 ? 'lost-before' : 'ok')
    await container()()
    clock.pass(hour)

    expect((await container()()).value).toBe('canary-access-3')
  })

  it('gives up where the store stays away, and the access token is not used', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    fate = () => {
      if (server.forms.length < 2) return 'ok'
      clock.pass(10_000)
      return 'lost-before'
    }

    await expect(container()()).rejects.toMatchObject({ code: 'store-unreachable' })
  })

  it('is taken over from a container that was killed while it renewed', async () => {
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

  it('is read again where the refresh token has been spent by somebody who asked nobody', async () => {
    const { container, clock, files } = await consented()
    const [[path, before] = []] = files.files
    clock.pass(hour)
    await container()()
    const [[, after] = []] = files.files
    if (!path || !before || !after) throw new RangeError('nothing was kept')
    clock.pass(hour)
    // It finds what was kept before, and what is kept now only when the server has refused that.
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

  it('wins over a renewal that was under way when the person consented again', async () => {
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

  it('has to be granted again once it is withdrawn', async () => {
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

  it('has to be granted again once its refresh token has expired, and nobody is asked in vain', async () => {
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

  it('is not given up over a fault of the client', async () => {
    const { container, clock } = await consented()
    clock.pass(hour)
    server.once({ kind: 'reply', reply: { status: 401, body: { error: 'invalid_client' } } })

    await expect(container()()).rejects.toMatchObject({ code: 'token-refused' })
    expect((await container()()).value).toBe('canary-access-2')
  })

  it('serves until the source refuses it where it neither expires nor can be refreshed', async () => {
    server.extra = { expires_in: undefined, refresh_token: undefined }
    const { container, clock } = await consented()
    clock.pass(365 * 24 * hour)
    const provider = container()
    const token = await provider()
    await provider.drop(token)

    await expect(provider()).rejects.toMatchObject({ code: 'needs-reauth' })
    expect(grants()).toEqual(['authorization_code'])
  })

  describe('and cannot be opened, because the key is another or the file was changed,', () => {
    async function withoutItsKey() {
      const app = await consented()
      const [[path = '', before] = []] = app.files.files
      const strange = { ...app.context(), grants: openGrantStore(app.files, createSealer(randomBytes(32))) }
      return { ...app, path, before: before?.body.toString(), strange }
    }

    it('is never taken for absent, nor overwritten', async () => {
      const { files, path, before, strange } = await withoutItsKey()

      expect(await errorOf(movies.open(strange)())).toMatchObject({
        code: 'state-corrupt',
        remedy: expect.stringContaining('JSON array') as string,
      })
      expect([...files.files.keys()]).toEqual([path])
      expect(files.files.get(path)?.body.toString()).toBe(before)
    })

    it('serves again with its own key', async () => {
      const { container, strange, clock } = await withoutItsKey()
      clock.pass(hour)
      await errorOf(movies.open(strange)())

      expect((await container()()).value).toBe('canary-access-2')
    })

    it('is set aside where the person consents again', async () => {
      const { files, path, before, strange } = await withoutItsKey()
      const request = { state: 's', nonce: 'n', codeVerifier: verifier, redirectUri }

      await movies.consent?.(strange).complete(new URLSearchParams({ code: 'another' }), request, use)

      expect((await movies.open(strange)()).value).toBe('canary-access-2')
      const [[copy, kept] = []] = [...files.files].filter(([name]) => name !== path)
      expect(copy).toMatch(/^unreadable-grants\/movies\/[0-9a-f]{32}-[0-9a-f]{16}$/)
      expect(kept?.body.toString()).toBe(before)
    })
  })

  it('is opened by an earlier key while keys are rotated, and sealed by the first from then on', async () => {
    const { files, clock, context, key } = await consented()
    const next = randomBytes(32)
    const both = () => ({ ...context(), grants: openGrantStore(files, createSealer(next, key)) })
    const nextOnly = () => ({ ...context(), grants: openGrantStore(files, createSealer(next)) })
    clock.pass(hour)

    expect((await movies.open(both())()).value).toBe('canary-access-2')
    expect((await movies.open(nextOnly())()).value).toBe('canary-access-2')
  })

  it.each([
    ['a firewall', { status: 403, body: { error: 'forbidden' } }, 'token-refused'],
    ['a code of its own', { status: 400, body: { error: 'token_gone' } }, 'token-refused'],
    ['server_error', { status: 400, body: { error: 'server_error' } }, 'token-unavailable'],
    ['a redirect with JSON', { status: 302, body: { error: 'invalid_grant' } }, 'token-unavailable'],
  ])('is not given up for %s: the next run uses it again', async (_what, reply, code) => {
    const { container, clock } = await consented()
    clock.pass(hour)
    server.once({ kind: 'reply', reply })

    expect(await errorOf(container()())).toMatchObject({ code })
    expect((await container()()).value).toBe('canary-access-2')
  })

  it('is learnt as a secret, access token and refresh token, also where it comes out of the store', async () => {
    const { context } = await consented()
    const learnt: string[] = []
    await movies.open({ ...context(), learn: (secret) => learnt.push(secret) })()

    expect(learnt).toEqual(expect.arrayContaining(['canary-access-1', 'canary-refresh-1']))
  })

  it('cannot be kept without a key: the missing input is named', () => {
    const withoutStore = sourceContext({ inputs })

    expect(() => movies.open(withoutStore)).toThrow('TOKEN_ENCRYPTION_KEY is not set')
    expect(() => movies.consent?.(withoutStore)).toThrow('TOKEN_ENCRYPTION_KEY is not set')
  })
})

describe('what an account grants', () => {
  it('is refreshed, and granted anew by the password where the refresh token is refused', async () => {
    const app = namespace()
    await byPassword.open(app.context())()
    app.clock.pass(hour)
    await byPassword.open(app.context())()
    server.revoke()
    app.clock.pass(hour)
    await byPassword.open(app.context())()

    expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'password'])
  })

  it('is renewed at once where the source refuses the token', async () => {
    const provider = byPassword.open(namespace().context())
    const first = await provider()
    await provider.drop(first)

    expect((await provider()).value).toBe('canary-access-2')
  })

  it('goes to no other account, and survives a new client secret', async () => {
    const app = namespace()
    const [ada, bob, rotated] = [{}, { USER: 'bob' }, { SECRET: 'canary-new-secret' }]
    for (const changed of [ada, bob, rotated]) await byPassword.open(app.context(changed))()

    expect(server.forms.map(({ username }) => username)).toEqual(['ada', 'bob'])
  })

  it('goes to no other account where the user name is a secret', async () => {
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
  ])('is asked for anew with %s: the old refresh token goes nowhere else', async (_what, change) => {
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

  it('stays in memory where there is no store', async () => {
    const clock = hurriedClock()
    const { http } = everyHostIs(server.url)
    const provider = byPassword.open(sourceContext({ inputs, http, clock }))
    await provider()
    clock.pass(hour)
    await provider()

    expect(grants()).toEqual(['password', 'refresh_token'])
  })
})
