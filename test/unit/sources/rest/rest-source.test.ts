import { startEmulator } from '../../../../emulators/emulator'
import { partnerClient, startPartnerApi } from '../../../../emulators/partner-api/partner-api'
import { clientCredentials } from '../../../../src/auth/oauth2/client-credentials'
import { defaultMaxBytes } from '../../../../src/http/http-client'
import { input, secret } from '../../../../src/inputs'
import { json } from '../../../../src/sources/decoders/json'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { errorOf, errorThrownBy } from '../../../fixtures/error-of'
import { sourceContext } from '../../../fixtures/source-context'
import { loopbackHttp } from '../../../fixtures/loopback-http'
import type { Emulator, Handler } from '../../../../emulators/emulator'
import type { PartnerApiEmulator } from '../../../../emulators/partner-api/partner-api'
import type { HttpClient } from '../../../../src/http/http-client'
import type { RestSource } from '../../../../src/sources/rest/rest-options'
import type { ReadRequest, Source } from '../../../../src/sources/source'

const { signal } = new AbortController()
const fromBeginning: ReadRequest = { mode: 'incremental', since: null, signal }

function open(url: string, definition: Partial<RestSource>, http = loopbackHttp): Source {
  const inputs = {
    API_BASE_URL: url,
    API_CLIENT_ID: partnerClient.id,
    API_CLIENT_SECRET: partnerClient.secret,
  }
  const rest = { baseUrl: input('API_BASE_URL'), path: '/v1/things', records: 'data', ...definition }
  return restSource(rest as RestSource).open(sourceContext({ inputs, http }))
}

/** How many records each page had. */
async function read(source: Source, request: ReadRequest = fromBeginning): Promise<number[]> {
  const sizes: number[] = []
  for await (const page of source.read(request)) sizes.push(page.records.length)
  return sizes
}

describe('restSource and a partner with tokens and pages', () => {
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

  const flights = (http = loopbackHttp) =>
    open(
      partner.url,
      {
        path: '/v1/flights',
        query: { limit: '2' },
        sinceParam: 'since',
        paginator: nextToken({ path: 'next_token', param: 'page_token' }),
        authentication: clientCredentials({
          tokenUrl: { base: input('API_BASE_URL'), path: '/oauth/token' },
          clientId: input('API_CLIENT_ID'),
          clientSecret: secret('API_CLIENT_SECRET'),
        }),
      },
      http,
    )
  const isPage = (url: string) => url.startsWith('/v1/flights')
  const ofPage = ({ url }: { readonly url: string }) => isPage(url)

  it('reads page after page, with one token', async () => {
    expect(await read(flights())).toEqual([2, 2, 1])
    expect(partner.requests.filter(({ url }) => url === '/oauth/token')).toHaveLength(1)
  })

  it('resumes at a cursor, inclusively', async () => {
    expect(await read(flights(), { mode: 'incremental', since: '2001/01/04 00:00', signal })).toEqual([2])
  })

  it('reads everything in a full refresh', async () => {
    expect(await read(flights(), { mode: 'full-refresh', signal })).toEqual([2, 2, 1])
  })

  it.each([
    ['is throttled', { status: 429, headers: { 'retry-after': '0' } }],
    ['fails for a moment', { status: 503 }],
    ['refuses an expired token', { status: 401, body: { error: 'invalid_token' } }],
  ])('continues when the partner %s', async (_what, reply) => {
    partner.once({ kind: 'reply', reply }, ({ url }) => url.includes('page_token=2'))

    expect(await read(flights())).toEqual([2, 2, 1])
  })

  it('does not wait when the partner asks for a long wait, and says what it asked for', async () => {
    const reply = { status: 429, headers: { 'retry-after': '86400000' } }
    partner.once({ kind: 'reply', reply }, ofPage)

    await expect(read(flights())).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining(
        'HTTP 429 and asks to come back later (Retry-After: 86400000)',
      ) as string,
    })
    expect(partner.requests.filter(ofPage)).toHaveLength(1)
  })

  it('repeats no text of the partner in the error of a refusal', async () => {
    const canary = 'canary-3f9a7c51e0d24b86a1c5'
    const reply = {
      status: 403,
      headers: { 'retry-after': canary },
      body: { error: canary, message: canary },
    }
    partner.once({ kind: 'reply', reply }, ofPage)

    const { message, remedy, details } = await errorOf(read(flights()))

    expect(message).toMatch(/answered HTTP 403\.$/)
    expect(JSON.stringify([message, remedy, details])).not.toContain(canary)
  })

  it('names the address in a refusal, and no credentials', async () => {
    partner.once({ kind: 'reply', reply: { status: 403 } }, ofPage)

    const error = await errorOf(read(flights()))

    expect(error).toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('/v1/flights answered HTTP 403') as string,
    })
    expect(JSON.stringify([error, String(error)])).not.toContain('canary')
  })

  it('aborts the pending page when the reader stops early', async () => {
    const signals: AbortSignal[] = []
    const http: HttpClient = (request) => {
      if (request.signal && isPage(new URL(request.url).pathname)) signals.push(request.signal)
      return loopbackHttp(request)
    }

    for await (const page of flights(http).read(fromBeginning)) {
      expect(page.records).toHaveLength(2)
      break
    }

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })
})

describe('restSource and an answer', () => {
  let server: Emulator
  let answer: Handler
  beforeEach(async () => {
    server = await startEmulator((request) => answer(request))
  })
  afterEach(() => server.stop())

  const things = (definition: Partial<RestSource> = {}) => open(server.url, definition)
  const asked = () => server.requests.map(({ url }) => url)

  it.each([
    ['that is no JSON', '<html>', /is not JSON/],
    ['that is not UTF-8', Buffer.from('{"data":["caf\xe9"]}', 'latin1'), /is not UTF-8/],
    ['without a list', '{"data":{}}', /has no list of records at "data"/],
    ['of more bytes than fit into memory', Buffer.alloc(defaultMaxBytes + 1, ' '), /more bytes than fit/],
    ['whose values do not fit into memory', `[${Array(1_500_000).fill('{}').join()}]`, /MB once parsed/],
  ])('%s is malformed, and the error says what is wrong', async (_what, body, message) => {
    answer = () => ({ status: 200, body })

    await expect(read(things())).rejects.toMatchObject({
      code: 'source-malformed',
      message: expect.stringMatching(message) as string,
    })
  })

  it('with a record that is nested 5,000 deep leaves the other records of its page readable', async () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000)
    answer = () => ({ status: 200, body: `{"data":[{"id":1},${deep},{"id":3}]}` })

    expect(await read(things())).toEqual([3])
  })

  it('that is the list itself is read with the empty path', async () => {
    answer = () => ({ status: 200, body: [1, 2] })

    expect(await read(things({ records: '' }))).toEqual([2])
  })

  it('to a slice is asked for with both ends of its range', async () => {
    answer = () => ({ status: 200, body: { data: [] } })
    const source = things({ rangeParams: { from: 'after', to: 'before' }, query: { kind: 'a b' } })

    await read(source, {
      mode: 'sliced',
      range: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
      signal,
    })

    expect(asked()).toEqual([
      '/v1/things?kind=a+b&after=2026-01-01T00%3A00%3A00.000Z&before=2026-01-02T00%3A00%3A00.000Z',
    ])
  })

  it('is an error where it names a next page and the source declares no paginator, unless a cursor goes on there', async () => {
    answer = () => ({ status: 200, headers: { link: '</v1/things?page=2>; rel="next"' }, body: '[{"a":1}]' })
    const refresh: ReadRequest = { mode: 'full-refresh', signal }
    const undeclared = { message: expect.stringContaining('declares no paginator') as string }
    const list = { records: '', sinceParam: 'since' }
    const filtered = { records: '', clientFilter: true as never }

    await expect(read(things({ records: '' }), refresh)).rejects.toMatchObject(undeclared)
    await expect(read(things(list), refresh)).rejects.toMatchObject(undeclared)
    await expect(read(things(filtered))).rejects.toMatchObject(undeclared)
    await expect(read(things({ decoder: json() }), refresh)).rejects.toMatchObject(undeclared)
    expect(await read(things(list))).toEqual([1])
  })

  it.each<[string, object]>([
    ['a flag', { page: { has_more: true } }],
    ['a flag of GraphQL', { pageInfo: { hasNextPage: true } }],
    ['a URL', { links: { next: 'https://api.example.com/v1/things?page=2' } }],
    ['a relative URL', { next_page_url: '/v1/things?page=2' }],
    ['a URL of OData', { '@odata.nextLink': 'https://api.example.com/v1/things?page=2' }],
  ])(
    'is an error where %s in its body tells of a next page and the source declares no paginator',
    async (_what, envelope) => {
      answer = () => ({ status: 200, body: { data: [1], ...envelope } })
      const refresh: ReadRequest = { mode: 'full-refresh', signal }

      await expect(read(things({}), refresh)).rejects.toMatchObject({
        code: 'source-malformed',
        message: expect.stringContaining('declares no paginator') as string,
      })
      await expect(read(things({ decoder: json({ records: 'data' }) }), refresh)).rejects.toMatchObject({
        message: expect.stringContaining('declares no paginator') as string,
      })
      expect(await read(things({ sinceParam: 'since' }))).toEqual([1])
    },
  )

  it.each<[string, object]>([
    ['a flag that says no', { has_more: false }],
    ['no URL', { next: null, previous: '/v1/things?page=0' }],
    ['a text that is no URL', { next: 'step' }],
    ['the URL in a record', { data: [{ next: '/v1/things/2' }] }],
  ])('is the only page without a paginator where it has %s', async (_what, envelope) => {
    answer = () => ({ status: 200, body: { data: [1], ...envelope } })

    expect(await read(things({}), { mode: 'full-refresh', signal })).toEqual([1])
  })

  it('ends with an error when its page tokens form a cycle', async () => {
    const tokens = ['a', 'b', 'c']
    let page = 0
    answer = () => ({ status: 200, body: { data: [page], next: tokens[page++ % tokens.length] } })

    await expect(
      read(things({ paginator: nextToken({ path: 'next', param: 'token' }) })),
    ).rejects.toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('in a cycle') as string,
    })
    expect(page).toBeLessThan(3 * tokens.length)
  })
})

describe('the address of a restSource', () => {
  const things = { path: '/v1/things' }

  it('identifies it, with its fixed query in canonical order', () => {
    const identity = (definition: Partial<RestSource>) =>
      open('https://api.example.com/base/', { ...things, ...definition }).identity

    expect(identity({})).toBe('https://api.example.com/base/v1/things')
    expect(identity({ query: { b: '2', a: '1' } })).toBe('https://api.example.com/base/v1/things?a=1&b=2')
    expect(identity({ query: { a: '1', b: '2' } })).toBe(identity({ query: { b: '2', a: '1' } }))
    expect(identity({ query: { a: '1', b: '3' } })).not.toBe(identity({ query: { a: '1', b: '2' } }))
  })

  it.each([
    ['https://user:canary-password@api.example.com', 'has a user name or password'],
    ['https://canary-token@api.example.com', 'has a user name or password'],
    ['https://api.example.com?key=canary-key', 'has a query or a fragment'],
    ['https://api.example.com#canary-key', 'has a query or a fragment'],
    ['ftp://canary-host.example.com', 'is not an http(s) URL'],
    ['canary-host.example.com', 'is not an http(s) URL'],
  ])('is refused where it is %s', (url, message) => {
    const error = errorThrownBy(() => open(url, things))

    expect(error).toMatchObject({ code: 'input-invalid', message: `The input API_BASE_URL ${message}.` })
    expect(JSON.stringify(error)).not.toContain('canary')
  })
})
