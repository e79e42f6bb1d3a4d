import { createHmac } from 'node:crypto'
import { startEmulator } from '../../../../emulators/emulator'
import { systemClock } from '../../../../src/clock'
import { apiKey } from '../../../../src/sources/authentication/api-key'
import { basic } from '../../../../src/sources/authentication/basic'
import { bearer } from '../../../../src/sources/authentication/bearer'
import { hmac } from '../../../../src/sources/authentication/hmac'
import { jsonBody } from '../../../../src/sources/rest/request-body'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { input, inputsFrom, secret } from '../../../../src/inputs'
import { errorOf, errorThrownBy } from '../../../fixtures/error-of'
import { sourceContext } from '../../../fixtures/source-context'
import type { Emulator, Handler, LoggedRequest } from '../../../../emulators/emulator'
import type { RequestAuthentication } from '../../../../src/sources/authentication/request-authentication'
import type { RestSource } from '../../../../src/sources/rest/rest-options'

const { signal } = new AbortController()
const secrets = { API_KEY: 'canary-key-value', API_PASSWORD: 'canary-pässword:1', API_USER: 'jane' }
const noon = Date.parse('2026-01-01T12:00:00Z')

let server: Emulator
let answer: Handler
beforeEach(async () => {
  answer = () => ({ status: 200, body: { data: [{ id: 1 }] } })
  server = await startEmulator((request) => answer(request))
})
afterEach(() => server.stop())

/** Reads the source once; returns the requests that the server got. */
async function read(
  authentication: RequestAuthentication,
  more: Partial<RestSource> = {},
  inputs: Readonly<Record<string, string>> = secrets,
): Promise<LoggedRequest[]> {
  const definition = { baseUrl: input('API_BASE_URL'), path: '/v1/things', records: 'data', authentication }
  const source = restSource({ ...definition, ...more }).open(
    sourceContext({
      inputs: { API_BASE_URL: server.url, ...inputs },
      clock: { ...systemClock, now: () => noon },
    }),
  )
  for await (const page of source.read({ mode: 'full-refresh', signal })) expect(page.records).toHaveLength(1)
  return server.requests
}

describe('apiKey', () => {
  it('sends the key in its header, with a prefix', async () => {
    const [request] = await read(apiKey({ header: 'X-Auth', prefix: 'Token ', value: secret('API_KEY') }))

    expect(request?.headers['x-auth']).toBe('Token canary-key-value')
  })

  it('sends the key in the query, beside the parameters of the source', async () => {
    const [request] = await read(apiKey({ query: 'key', value: secret('API_KEY') }), { query: { a: 'b c' } })

    expect(request?.url).toBe('/v1/things?a=b+c&key=canary-key-value')
  })

  it('keeps a key in the query out of the identity and out of every error', async () => {
    const authentication = apiKey({ query: 'key', value: secret('API_KEY') })
    answer = () => ({ status: 403 })
    const refused = await errorOf(read(authentication))
    await server.stop()
    const unreachable = await errorOf(read(authentication))
    const { identity } = restSource({
      ...{ baseUrl: input('API_BASE_URL'), path: '/v1', records: '', authentication },
    }).open(sourceContext({ inputs: { API_BASE_URL: 'https://api.example.com', ...secrets } }))

    expect([refused.code, unreachable.code]).toEqual(['source-refused', 'source-unreachable'])
    for (const error of [refused, unreachable]) {
      const { message, remedy, details, stack, cause } = error
      expect(JSON.stringify([message, remedy, details, stack, String(cause)])).not.toContain('canary')
    }
    expect(identity).toBe('https://api.example.com/v1')
    server = await startEmulator(() => ({ status: 200 }))
  })

  it.each([
    [{ value: secret('K') }, 'needs either "header" or "query"'],
    [{ header: 'a', query: 'b', value: secret('K') }, 'needs either "header" or "query"'],
    [{ header: 'a b', value: secret('K') }, '"header" must be the name of a header'],
    [{ query: 'k', prefix: 'Token ', value: secret('K') }, '"prefix" has no effect on a query parameter'],
    [{ header: 'a', value: input('K') }, '"value" must be secret(…)'],
    [{ header: 'a', value: 'canary' as never }, '"value" must be secret(…)'],
  ])('refuses the options %j', (options, fault) => {
    expect(apiKey(options).faults).toEqual([`apiKey: ${fault}`])
  })

  it('refuses a key that a header cannot carry, without repeating it', () => {
    const open = () =>
      apiKey({ header: 'a', value: secret('K') }).open({
        inputs: inputsFrom({ K: 'canary\r\nx-other: 1' }),
        clock: systemClock,
      })
    const error = errorThrownBy(open)

    expect(error).toMatchObject({ code: 'input-invalid', details: { input: 'K' } })
    expect(error.message).not.toContain('canary')
  })
})

describe('basic', () => {
  it('sends user and password in UTF-8', async () => {
    const [request] = await read(basic({ username: input('API_USER'), password: secret('API_PASSWORD') }))

    const encoded = request?.headers.authorization?.replace('Basic ', '') ?? ''
    expect(Buffer.from(encoded, 'base64').toString()).toBe('jane:canary-pässword:1')
  })

  it('sends a key as the user with an empty password', async () => {
    const [request] = await read(basic({ username: secret('API_KEY') }))

    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from('canary-key-value:').toString('base64')}`,
    )
  })

  it('refuses a user name with a colon', async () => {
    const error = await errorOf(read(basic({ username: input('API_USER') }), {}, { API_USER: 'a:b' }))

    expect(error).toMatchObject({ code: 'input-invalid', details: { input: 'API_USER' } })
  })
})

describe('bearer', () => {
  it('sends the token, and asks once where it is refused: there is no other one', async () => {
    answer = () => ({ status: 401 })

    expect(await errorOf(read(bearer({ token: secret('API_KEY') })))).toMatchObject({
      code: 'source-refused',
      remedy: expect.stringContaining('Check the credentials') as string,
    })
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary-key-value'])
  })
})

describe('hmac', () => {
  const signing = {
    key: secret('API_KEY'),
    keyId: input('API_USER'),
    signs: '{timestamp}\n{method}\n{target}\n{body}',
    headers: { 'X-Signature': 'v1={signature}', 'X-Time': '{timestamp}', 'X-Key': '{keyId}' },
  }
  const signature = (text: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
    createHmac(algorithm, secrets.API_KEY).update(text).digest(encoding)

  it('signs the declared parts, and sends the time of the signature', async () => {
    const [request] = await read(hmac(signing), { query: { a: 'ä' }, body: jsonBody({ n: 1 }) })

    expect(request?.headers).toMatchObject({
      'x-signature': `v1=${signature('1767268800\nPOST\n/v1/things?a=%C3%A4\n{"n":1}')}`,
      'x-time': '1767268800',
      'x-key': 'jane',
    })
  })

  it('uses the declared algorithm, encoding and time', async () => {
    const [request] = await read(
      hmac({
        key: secret('API_KEY'),
        algorithm: 'sha512',
        encoding: 'base64',
        timestamp: 'iso',
        signs: '{host}{path}{query}{bodyHash}{timestamp}',
        headers: { 'x-signature': '{signature}' },
      }),
      { query: { q: '1' } },
    )

    const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    const text = `${new URL(server.url).host}/v1/thingsq=1${emptyHash}2026-01-01T12:00:00.000Z`
    expect(request?.headers['x-signature']).toBe(signature(text, 'sha512', 'base64'))
  })

  it('signs each attempt again', async () => {
    let ms = noon
    const clock = { ...systemClock, now: () => (ms += 1000) }
    const signer = hmac(signing).open({ inputs: inputsFrom(secrets), clock })
    const request = { method: 'GET', url: 'https://api.example.com/', headers: {} } as const

    const first = await signer.sign(request)
    const second = await signer.sign(request)

    expect(first.headers?.['X-Signature']).not.toBe(second.headers?.['X-Signature'])
  })

  it.each([
    [{ headers: { 'x-key': 'fixed' } }, '"headers" must carry {signature}'],
    [{ signs: '{url}' }, '"signs" has the unknown name {url}'],
    [{ signs: '{signature}' }, '"signs" has the unknown name {signature}'],
    [{ keyId: undefined }, '"keyId" is missing: {keyId} is used'],
  ])('refuses %j', (change, fault) => {
    expect(hmac({ ...signing, ...change } as never).faults).toEqual([`hmac: ${fault}`])
  })
})
