import { startEmulator } from '../../../emulators/emulator'
import { partnerClient, startPartnerApi } from '../../../emulators/partner-api/partner-api'
import { clientCredentials } from '../../../src/auth/oauth2'
import { systemClock } from '../../../src/clock'
import { createHttpClient } from '../../../src/http/node-fetch-client'
import { input, inputsFrom, secret } from '../../../src/inputs'
import { silentLog } from '../../../src/log'
import { nextToken } from '../../../src/sources/paginators/next-token'
import { restSource } from '../../../src/sources/rest/rest-source'
import type { PartnerApiEmulator } from '../../../emulators/partner-api/partner-api'
import type { RestSource } from '../../../src/sources/rest/rest-options'

const flight = (day: number) => ({
  date: `2001/01/0${day} 00:00`,
  delay: 1,
  distance: 2,
  origin: 'A',
  destination: 'B',
})

let partner: PartnerApiEmulator
beforeEach(async () => {
  partner = await startPartnerApi({ flights: [1, 2, 3, 4, 5].map(flight) })
})
afterEach(() => partner.stop())

const definition: RestSource = {
  baseUrl: input('API_BASE_URL'),
  path: '/v1/flights',
  query: { limit: '2' },
  sinceParam: 'since',
  records: 'data',
  paginator: nextToken({ path: 'next_token', param: 'page_token' }),
  authentication: clientCredentials({
    tokenUrl: { base: input('API_BASE_URL'), path: '/oauth/token' },
    clientId: input('API_CLIENT_ID'),
    clientSecret: secret('API_CLIENT_SECRET'),
  }),
}

async function read(
  url: string,
  change: Partial<RestSource> = {},
  since: string | null = null,
): Promise<number[]> {
  const source = restSource({ ...definition, ...change }).open({
    inputs: inputsFrom({
      API_BASE_URL: url,
      API_CLIENT_ID: partnerClient.id,
      API_CLIENT_SECRET: partnerClient.secret,
    }),
    http: createHttpClient({ clock: systemClock }),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
  })
  const sizes: number[] = []
  const { signal } = new AbortController()
  for await (const page of source.read({ mode: 'incremental', since, signal }))
    sizes.push(page.records.length)
  return sizes
}

it('reads page after page, with one token', async () => {
  expect(await read(partner.url)).toEqual([2, 2, 1])
  expect(partner.requests.filter(({ url }) => url === '/oauth/token')).toHaveLength(1)
})

it('resumes at a position, inclusively', async () => {
  expect(await read(partner.url, {}, '2001/01/04 00:00')).toEqual([2])
})

it.each([
  ['is throttled', { status: 429, headers: { 'retry-after': '0' } }],
  ['fails for a moment', { status: 503 }],
  ['refuses an expired token', { status: 401, body: { error: 'invalid_token' } }],
])('carries on where the source %s', async (_what, reply) => {
  partner.once({ kind: 'reply', reply }, ({ url }) => url.includes('page_token=2'))

  expect(await read(partner.url)).toEqual([2, 2, 1])
})

it('a source that answers in circles is caught', async () => {
  const server = await startEmulator(() => ({ status: 200, body: { data: [1], next_token: 'again' } }))

  const error = await read(server.url, { authentication: undefined as never }).catch(
    (thrown: unknown) => thrown,
  )
  await server.stop()

  expect(error).toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining('twice') as string,
  })
})

it.each([
  ['no JSON', '<html>', /is not JSON/],
  ['no list', '{"data":{}}', /no list of records at "data"/],
])('an answer with %s is malformed, and says where', async (_what, body, message) => {
  partner.once({ kind: 'reply', reply: { status: 200, body } }, ({ url }) => url.startsWith('/v1/flights'))

  await expect(read(partner.url)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringMatching(message) as string,
  })
})

it('a refusal names the address and not the credentials', async () => {
  partner.once({ kind: 'reply', reply: { status: 403 } }, ({ url }) => url.startsWith('/v1/flights'))

  const error = await read(partner.url).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({
    code: 'source-refused',
    message: expect.stringContaining('/v1/flights answered HTTP 403') as string,
  })
  expect(JSON.stringify([error, String(error)])).not.toContain('canary')
})
