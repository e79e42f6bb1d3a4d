import { apiKey, canaries, startServices } from '../fixtures/services'
import type { Services } from '../fixtures/services'

let services: Services
let printed: string[]

beforeEach(async () => {
  printed = []
  for (const method of ['log', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void printed.push(line.join(' ')))
  }
  services = await startServices()
})
afterEach(() => services.stop())

it.each<[string, Record<string, unknown>, string, RegExp]>([
  ['an unknown job', { job: 'fligths' }, 'job-unknown', /no job "fligths"/],
  ['no job', { job: '' }, 'params-invalid', /"job"/],
  ['a misspelt parameter', { froce: 'true' }, 'params-invalid', /froce/],
  ['a missing secret', { FLIGHTS_API_CLIENT_SECRET: '' }, 'input-missing', /FLIGHTS_API_CLIENT_SECRET/],
  ['a missing report suite', { ANALYTICS_REPORT_SUITE: '' }, 'input-missing', /ANALYTICS_REPORT_SUITE/],
  [
    'a missing credential',
    { IMS_OAUTH_S2S_CLIENT_ID: '' },
    'token-not-configured',
    /IMS_OAUTH_S2S_CLIENT_ID/,
  ],
  [
    'a wrong Adobe secret',
    { IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-wrong-secret' },
    'token-refused',
    /invalid_client/,
  ],
  [
    'a wrong partner secret',
    { FLIGHTS_API_CLIENT_SECRET: 'canary-wrong-secret' },
    'token-refused',
    /invalid_client/,
  ],
  ['a base URL that is none', { IMS_BASE_URL: 'ims' }, 'input-invalid', /IMS_BASE_URL/],
  [
    'http beyond this machine',
    { IMS_BASE_URL: 'http://example.com' },
    'input-invalid',
    /IMS_BASE_URL.*https/,
  ],
  ['settings that are no JSON', { DELIVERY_SETTINGS: '{' }, 'input-invalid', /DELIVERY_SETTINGS/],
  [
    'an unreachable source',
    { FLIGHTS_API_BASE_URL: 'http://127.0.0.1:9' },
    'token-unavailable',
    /127\.0\.0\.1:9/,
  ],
  [
    'an unreachable Analytics',
    { ANALYTICS_COLLECTION_BASE_URL: 'http://127.0.0.1:9' },
    'destination-unreachable',
    /127\.0\.0\.1:9/,
  ],
])('%s gives one clear error in the result, and no secret anywhere', async (_what, params, code, message) => {
  const result = await services.run(params)

  expect(result).toMatchObject({ outcome: 'failed', error: { code } })
  expect(`${result.error?.message ?? ''} ${result.error?.remedy ?? ''}`).toMatch(message)
  expect(result.error?.remedy).not.toBe('')
  expect(JSON.stringify(result)).not.toContain('at Object.')
  expectNoSecret(result)
})

it('a missing product profile is named as such', async () => {
  services.analytics.knobs.withoutProfile.add(services.clientId)

  const result = await services.run()

  expect(result.error).toMatchObject({ code: 'not-permitted' })
  expect(result.error?.message).toContain('403025')
  expect(result.error?.remedy).toContain('product profile')
})

it('a successful run leaves no secret in logs, results, URLs or stored state', async () => {
  const result = await services.run()

  expect(result.outcome).toBe('succeeded')
  expectNoSecret(result)
})

function expectNoSecret(result: unknown): void {
  const { ims, analytics, partner, files, tvm } = services
  const urls = [ims, analytics, partner, files, tvm].flatMap(({ requests }) => requests.map(({ url }) => url))
  const stored = files.requests
    .filter(({ method, url }) => method === 'PUT' && url.includes('.json'))
    .map(({ body }) => body.toString())
  const tokens = analytics.requests.map(({ headers }) => headers.authorization?.split(' ')[1] ?? apiKey)
  const everything = [JSON.stringify(result), ...printed, ...urls, ...stored].join('\n')
  for (const secret of [
    ...canaries,
    'canary-wrong-secret',
    ...tokens,
    ...urls.filter((url) => url.includes('sig=')).map(signatureOf),
  ]) {
    expect(printedPart(result)).not.toContain(secret)
    if (!urls.some((url) => url.includes(secret))) expect(everything).not.toContain(secret)
  }
}

/** A grant's signature travels in the URL of the store by nature; it must not be printed. */
function signatureOf(url: string): string {
  return new URL(url, 'http://files').searchParams.get('sig') ?? 'none'
}

function printedPart(result: unknown): string {
  return [JSON.stringify(result), ...printed].join('\n')
}
