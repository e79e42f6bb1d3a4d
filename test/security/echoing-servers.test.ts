import { gunzipSync } from 'node:zlib'
import { partnerClient } from '../../emulators/partner-api/partner-api'
import { apiKey, startServices } from '../fixtures/services'
import { fewFlights } from '../fixtures/stored-flights'
import { encodings, secretsIn } from './encodings'
import type { LoggedRequest, Reply } from '../../emulators/emulator'
import type { Services } from '../fixtures/services'

const s2sSecret = 'canary-s2s-secret'
const forms = Object.entries(encodings)

let services: Services
let printed: string[]
let results: unknown[]
beforeEach(async () => {
  printed = []
  results = []
  for (const method of ['log', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void printed.push(line.join(' ')))
  }
  services = await startServices(fewFlights(300))
})
afterEach(async () => {
  jest.restoreAllMocks()
  await services.stop()
})

async function run(params: object = {}) {
  const result = await services.run({ ...params })
  results.push(result)
  return result
}

/** The server's next answer to such a request is made from that request. */
function echo(
  server: 'ims' | 'analytics' | 'partner',
  path: RegExp,
  answer: (request: LoggedRequest) => Reply,
): void {
  const reply: { -readonly [Member in keyof Reply]: Reply[Member] } = { status: 0 }
  services[server].once({ kind: 'reply', reply }, (request) => {
    if (path.test(request.url)) Object.assign(reply, answer(request))
    return path.test(request.url)
  })
}

const bearerOf = ({ headers }: LoggedRequest) => headers.authorization?.replace('Bearer ', '') ?? ''

/** Everything that was printed, answered, stored, or sent to anybody but the server that a secret belongs to. */
function everythingThatLeft(): string {
  const { ims, analytics, partner, files } = services
  const stored = files.requests.filter(({ method }) => method === 'PUT').map(({ body }) => textOf(body))
  const bodies = analytics.requests.map(({ body }) => body.toString('latin1'))
  const urls = [ims, analytics, partner].flatMap(({ requests }) => requests.map(({ url }) => url))
  const paths = files.requests.map(({ url }) => url.split('?')[0])
  return [JSON.stringify(results), ...printed, ...stored, ...bodies, ...urls, ...paths].join('\n')
}

function textOf(body: Buffer): string {
  const gzip = body[0] === 0x1f && body[1] === 0x8b
  return gzip ? gunzipSync(body).toString('latin1') : body.toString('latin1')
}

function expectNoSecret(): void {
  const seen = everythingThatLeft()
  const tokens = [...services.analytics.requests, ...services.partner.requests]
    .map(bearerOf)
    .filter((token) => token !== '' && !token.startsWith('Basic'))
  const secrets = [s2sSecret, partnerClient.secret, apiKey, 'canary-namespace-key', ...new Set(tokens)]
  expect(seen.length).toBeGreaterThan(1_000)
  expect(secretsIn(seen, secrets)).toEqual([])
}

it.each(forms)(
  'IMS that repeats the client secret %s: it is stored and printed nowhere',
  async (_form, encode) => {
    echo('ims', /token/, () => ({
      status: 400,
      body: { error: 'invalid_client', error_description: `secret ${encode(s2sSecret)} is wrong` },
    }))
    await run()
    await run({ inspect: 'true' })

    expect(results).toMatchObject([{ outcome: 'failed', error: { code: 'token-refused' } }, {}])
    expectNoSecret()
  },
)

it.each(forms)(
  'an authorization server that repeats the client secret %s: it is stored nowhere',
  async (_form, encode) => {
    const secret = partnerClient.secret
    echo('partner', /oauth/, () => ({
      status: 400,
      body: { error: encode(secret), error_description: encode(secret) },
    }))
    await run()

    expect(results).toMatchObject([{ outcome: 'failed' }])
    expectNoSecret()
  },
)

it.each([401, 403, 429, 500])(
  'a source that repeats its token with HTTP %i: it is stored nowhere',
  async (status) => {
    for (let tries = 0; tries < 4; tries += 1) {
      echo('partner', /flights/, (request) => ({
        status,
        headers: { 'x-debug-id': bearerOf(request), 'retry-after': bearerOf(request) },
        body: { error: bearerOf(request), message: `${partnerClient.secret} ${bearerOf(request)}` },
      }))
    }
    await run()

    expectNoSecret()
  },
)

const post = /\/events$/

it.each<[string, (token: string) => Reply]>([
  ['refuses the file', (token) => ({ status: 400, body: { error: `bad file for ${token}` } })],
  [
    'rejects the file',
    (token) => ({
      status: 200,
      body: { status_code: 'REJECTED', error: `no ${token}`, rows: 1, invalid_rows: 1 },
    }),
  ],
  [
    'does not permit it',
    (token) => ({ status: 403, body: { error_code: '403025', message: `profile of ${token}` } }),
  ],
  ['breaks', (token) => ({ status: 500, body: { error: `at ${token}` } })],
  [
    'answers something else',
    (token) => ({ status: 200, body: { status_code: token, rows: 1, invalid_rows: 0 } }),
  ],
  [
    'takes only a part',
    (token) => ({
      status: 200,
      body: { status_code: 'UPLOADED', rows: 1, invalid_rows: 1, processing_log: `row ${token}` },
    }),
  ],
])('Analytics that %s and repeats the live service token: it is stored nowhere', async (_what, answer) => {
  echo('analytics', post, (request) => answer(bearerOf(request)))
  await run()
  await run({ inspect: 'true' })

  expect(services.analytics.requests.length).toBeGreaterThan(0)
  expectNoSecret()
})

it.each(forms)(
  'Analytics that repeats a client secret %s in a message: it is stored nowhere',
  async (_form, encode) => {
    echo('analytics', post, () => ({ status: 400, body: { error: `bad ${encode(s2sSecret)} file` } }))
    await run()
    await run({ inspect: 'true' })

    expectNoSecret()
  },
)
