import { startEmulator } from '../../../../emulators/emulator'
import { input } from '../../../../src/inputs'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { offset } from '../../../../src/sources/paginators/offset'
import { writeInstant } from '../../../../src/sources/rest/instant-format'
import { inBody, inHeader, inPath } from '../../../../src/sources/rest/place'
import { formBody, graphql, jsonBody } from '../../../../src/sources/rest/request-body'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { errorOf } from '../../../fixtures/error-of'
import { sourceContext } from '../../../fixtures/source-context'
import type { Emulator, Handler } from '../../../../emulators/emulator'
import type { InstantFormat } from '../../../../src/sources/rest/instant-format'
import type { RestSource } from '../../../../src/sources/rest/rest-options'
import type { ReadRequest } from '../../../../src/sources/source'

const { signal } = new AbortController()
const january = { from: '2026-01-01T05:00:00.000Z', to: '2026-01-02T05:00:00.000Z' }
const slice: ReadRequest = { mode: 'sliced', range: january, signal }

let server: Emulator
let answer: Handler
beforeEach(async () => {
  answer = () => ({ status: 200, body: { data: [] } })
  server = await startEmulator((request) => answer(request))
})
afterEach(() => server.stop())

async function read(definition: Partial<RestSource>, request: ReadRequest = slice) {
  const rest = { baseUrl: input('API_BASE_URL'), path: '/v1/things', records: 'data', ...definition }
  const opened = restSource(rest as RestSource)
  expect(opened.faults).toEqual([])
  for await (const page of opened
    .open(sourceContext({ inputs: { API_BASE_URL: server.url } }))
    .read(request)) {
    expect(page.records).toBeDefined()
  }
  return server.requests.map(({ method, url, headers, body }) => ({
    method,
    url,
    headers,
    body: String(body),
  }))
}

describe('the bounds of a slice', () => {
  it('go into the path and a header, each encoded for its place', async () => {
    const [request] = await read({
      path: '/v1/things/{day}',
      rangeParams: { from: inPath('day'), to: inHeader('X-Until') },
      rangeFormat: { pattern: 'yyyy/MM/dd', timeZone: 'America/New_York' },
    })

    expect(request?.url).toBe('/v1/things/2026%2F01%2F01')
    expect(request?.headers['x-until']).toBe('2026/01/02')
  })

  it('go into a JSON body as numbers, beside its own fields', async () => {
    const [request] = await read({
      body: jsonBody({ filter: { kind: 'sale', at: { min: 0 } } }),
      rangeParams: { from: inBody('filter.at.min'), to: inBody('filter.at.max') },
      rangeFormat: 's',
    })

    expect(request).toMatchObject({ method: 'POST', url: '/v1/things' })
    expect(request?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(request?.body ?? '')).toEqual({
      filter: { kind: 'sale', at: { min: 1767243600, max: 1767330000 } },
    })
  })

  it('leave a cursor in the path at its declared beginning', async () => {
    const [request] = await read({
      path: '/v1/since/{since}',
      ...{ sinceParam: inPath('since'), sinceStart: 'a b', rangeParams: { from: 'from', to: 'to' } },
      rangeFormat: 's',
    })

    expect(request?.url).toBe('/v1/since/a%20b?from=1767243600&to=1767330000')
  })

  it('go into a form', async () => {
    const [request] = await read({
      body: formBody({ kind: 'a b' }),
      rangeParams: { from: inBody('from'), to: inBody('to') },
      rangeFormat: 'ms',
    })

    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(request?.body).toBe('kind=a+b&from=1767243600000&to=1767330000000')
  })
})

describe('a GraphQL query', () => {
  const query = 'query Orders($after: String, $since: DateTime!) { orders { nodes { id } } }'
  const orders = {
    body: graphql(query, { shop: 'x' }),
    records: 'data.orders.nodes',
    sinceParam: inBody('since'),
    sinceStart: '2000-01-01',
    paginator: nextToken({
      ...{ path: 'data.orders.pageInfo.endCursor', more: 'data.orders.pageInfo.hasNextPage' },
      param: inBody('after'),
    }),
  }
  const page = (id: number, hasNextPage: boolean) => ({
    status: 200,
    body: { data: { orders: { nodes: [{ id }], pageInfo: { hasNextPage, endCursor: `c${id}` } } } },
  })

  it('sends cursor and page tokens as variables', async () => {
    answer = ({ body }) => (String(body).includes('"c1"') ? page(2, false) : page(1, true))
    const requests = await read(orders, { mode: 'incremental', since: null, signal })

    expect(requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { query, variables: { shop: 'x', since: '2000-01-01' } },
      { query, variables: { shop: 'x', since: '2000-01-01', after: 'c1' } },
    ])
  })

  it('fails where an answer has errors beside data', async () => {
    answer = () => ({ status: 200, body: { ...page(1, false).body, errors: [{ message: 'canary' }] } })

    const error = await errorOf(read(orders, { mode: 'incremental', since: null, signal }))
    expect(error).toMatchObject({
      code: 'source-refused',
      message: expect.stringMatching(/answered HTTP 200 with an error in its body\.$/) as string,
    })
  })
})

describe('the cursor to resume at', () => {
  const at = { since: '2026-01-01T06:00:00.5+01:00', sinceMs: Date.parse('2026-01-01T05:00:00.500Z') }

  it('is written as the records write it, or as the source declares', async () => {
    const resume: ReadRequest = { mode: 'incremental', ...at, signal }
    await read({ sinceParam: 'since' }, resume)
    await read({ sinceParam: 'since', sinceFormat: 's' }, resume)
    const requests = await read({ sinceParam: inHeader('since'), sinceFormat: 'iso' }, resume)

    expect(requests.map(({ url }) => url)).toEqual([
      '/v1/things?since=2026-01-01T06%3A00%3A00.5%2B01%3A00',
      '/v1/things?since=1767243600',
      '/v1/things',
    ])
    expect(requests[2]?.headers.since).toBe('2026-01-01T05:00:00.500Z')
  })

  it('is refused where it is to be written as an instant and is none', async () => {
    const error = errorOf(
      read({ sinceParam: 'since', sinceFormat: 's' }, { mode: 'incremental', since: '17', signal }),
    )

    expect(await error).toMatchObject({ code: 'job-invalid' })
    expect(server.requests).toEqual([])
  })

  it('is the declared beginning while there is none, also for a full refresh', async () => {
    const definition = { path: '/v1/since/{since}', sinceParam: inPath('since'), sinceStart: '0' }
    await read(definition, { mode: 'incremental', since: null, signal })
    const requests = await read(definition, { mode: 'full-refresh', signal })

    expect(requests.map(({ url }) => url)).toEqual(['/v1/since/0', '/v1/since/0'])
  })
})

it('fixed headers go with every page', async () => {
  answer = ({ url }) => ({ status: 200, body: { data: url.endsWith('=0') ? [1] : [] } })
  const requests = await read({
    headers: { 'X-Version': '2', accept: 'application/vnd.api+json' },
    paginator: offset({ param: 'skip' }),
  })

  expect(requests.map(({ headers }) => [headers['x-version'], headers.accept])).toEqual([
    ['2', 'application/vnd.api+json'],
    ['2', 'application/vnd.api+json'],
  ])
})

describe('the identity of a source', () => {
  const identity = (definition: Partial<RestSource>) => {
    const rest = { baseUrl: input('API_BASE_URL'), path: '/v1', records: 'data', ...definition }
    return restSource(rest as RestSource).open(sourceContext({ inputs: { API_BASE_URL: server.url } }))
      .identity
  }

  it('changes with the fixed headers and the fixed body', () => {
    const all = [
      identity({}),
      identity({ headers: { a: '1' } }),
      identity({ body: jsonBody({ a: 1 }) }),
      identity({ body: jsonBody({ a: 2 }) }),
      identity({ body: graphql('{ a }') }),
    ]

    expect(new Set(all).size).toBe(all.length)
    expect(identity({ body: jsonBody({ a: 1 }) })).toBe(all[2])
  })
})

describe('an instant', () => {
  const day = { pattern: 'yyyy-MM-dd', timeZone: 'Europe/Berlin' }
  const minute = { pattern: 'dd.MM.yyyy HH:mm', timeZone: 'Asia/Kolkata' }
  const local = { pattern: 'yyyy-MM-dd HH:mm', timeZone: 'Europe/Berlin' }

  it.each<[InstantFormat, string, string | number, string | number]>([
    ['iso', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.001Z'],
    ['ms', '2026-01-01T00:00:00.001Z', 1767225600001, 1767225600001],
    ['s', '2026-01-01T00:00:00.001Z', 1767225600, 1767225601],
    ['s', '2026-01-01T00:00:00Z', 1767225600, 1767225600],
    [day, '2026-03-28T23:00:00Z', '2026-03-29', '2026-03-29'],
    // The day on which the clocks of Berlin change has 23 hours.
    [day, '2026-03-29T21:59:59Z', '2026-03-29', '2026-03-30'],
    [day, '2026-12-31T23:30:00Z', '2027-01-01', '2027-01-02'],
    [minute, '2026-01-01T00:00:30Z', '01.01.2026 05:30', '01.01.2026 05:31'],
    [{ pattern: 'yyyyMMddHH', timeZone: 'UTC' }, '2026-01-01T23:01:00Z', '2026010123', '2026010200'],
    [
      { pattern: 'yyyy-MM-dd HH', timeZone: 'Asia/Kolkata' },
      '2026-01-01T00:00:00Z',
      '2026-01-01 05',
      '2026-01-01 06',
    ],
    [
      { pattern: 'yyyy-MM-ddTHH:mm:ss.SSS', timeZone: 'UTC' },
      '2026-01-01T00:00:00.007Z',
      '2026-01-01T00:00:00.007',
      '2026-01-01T00:00:00.007',
    ],
    // The clocks show 2:00 to 3:00 twice, from 0:00 UTC and from 1:00 UTC: the hour is not an empty range.
    [local, '2026-10-25T00:00:00Z', '2026-10-25 01:59', '2026-10-25 02:00'],
    [local, '2026-10-25T01:00:00Z', '2026-10-25 02:00', '2026-10-25 03:00'],
    [local, '2026-10-25T02:00:00Z', '2026-10-25 03:00', '2026-10-25 03:00'],
    // Lord Howe sets its clocks back by half an hour.
    [
      { ...local, timeZone: 'Australia/Lord_Howe' },
      '2026-04-04T14:45:00Z',
      '2026-04-05 01:29',
      '2026-04-05 01:45',
    ],
  ])('as %j of %s is rounded down for a beginning and up for an end', (format, instant, down, up) => {
    expect(writeInstant(format, Date.parse(instant), 'down')).toBe(down)
    expect(writeInstant(format, Date.parse(instant), 'up')).toBe(up)
  })
})
