import { startEmulator } from '../../../../emulators/emulator'
import { input } from '../../../../src/inputs'
import { jsonLines } from '../../../../src/sources/decoders/json-lines'
import { nextUrl } from '../../../../src/sources/paginators/next-url'
import { offset } from '../../../../src/sources/paginators/offset'
import { childSource } from '../../../../src/sources/rest/child-source'
import { inBody, inPath } from '../../../../src/sources/rest/place'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { sourceContext } from '../../../fixtures/source-context'
import type { Emulator, Handler } from '../../../../emulators/emulator'
import type { Clock } from '../../../../src/clock'
import type { ReadRequest, SourceDefinition } from '../../../../src/sources/source'

const signal = new AbortController().signal
const whole: ReadRequest = { mode: 'full-refresh', signal }

let server: Emulator
let orders: readonly unknown[]
let lines: Handler
beforeEach(async () => {
  orders = [
    { id: 7, at: '2026-01-01', note: 'x' },
    { id: 'a/b', at: '2026-01-02', note: 'y' },
  ]
  lines = ({ url }) => ({
    status: 200,
    body: { data: [{ line: decodeURIComponent(url.split('/')[2] ?? '') }] },
  })
  server = await startEmulator((request) =>
    /^\/orders(\?|$)/.test(request.url) ? { status: 200, body: { data: orders } } : lines(request),
  )
})
afterEach(() => server.stop())

const baseUrl = input('API_BASE_URL')
const parent = { baseUrl, path: '/orders', records: 'data' } as const
const child = { baseUrl, path: '/orders/{order}/lines', records: 'data' } as const
const options = {
  ...{ parent: restSource(parent), child, fill: { id: inPath('order') } },
  carry: { as: 'order', fields: ['id', 'at'] },
} as const

async function read(definition: SourceDefinition, request = whole, clock?: Clock): Promise<unknown[]> {
  expect(definition.faults).toEqual([])
  const source = definition.open(
    sourceContext({ inputs: { API_BASE_URL: server.url }, ...(clock ? { clock } : {}) }),
  )
  const records: unknown[] = []
  for await (const page of source.read(request)) records.push(...page.records)
  return records
}

const paths = () => server.requests.map(({ url }) => url)
const changed = (change: object) => childSource({ ...options, ...change })
const malformed = (message: string) => ({
  code: 'source-malformed',
  message: expect.stringContaining(message) as string,
})

it('children carry the declared fields of their parent, whose key is escaped in the path', async () => {
  expect(await read(childSource(options))).toEqual([
    { line: '7', order: { id: 7, at: '2026-01-01' } },
    { line: 'a/b', order: { id: 'a/b', at: '2026-01-02' } },
  ])
  expect(paths()).toEqual(['/orders', '/orders/7/lines', '/orders/a%2Fb/lines'])
})

it('fields of a parent go into a query and a body', async () => {
  const body = {
    kind: 'json',
    contentType: 'application/json',
    write: (values: unknown) => JSON.stringify(values),
  }
  const definition = changed({
    child: { ...child, path: '/lines', body },
    fill: { id: 'order', at: inBody('day') },
  })
  orders = orders.slice(0, 1)
  lines = () => ({ status: 200, body: { data: [] } })

  await read(definition)
  expect(paths()[1]).toBe('/lines?order=7')
  expect(String(server.requests[1]?.body)).toContain('2026-01-01')
})

it('relative URLs of next pages begin at the path of the parent', async () => {
  orders = orders.slice(0, 1)
  lines = ({ url }) => ({ status: 200, body: { data: [url], next: url.includes('page') ? null : '?page=2' } })

  const found = await read(changed({ child: { ...child, paginator: nextUrl({ path: 'next' }) } }))
  expect(found).toEqual(['/orders/7/lines', '/orders/7/lines?page=2'])
})

it('a streamed body of children is read for each parent, within one budget', async () => {
  lines = ({ url }) => ({ status: 200, body: `${JSON.stringify({ url })}\n` })
  orders = [1, 2, 3].map((id) => ({ id }))
  const waits: number[] = []
  let time = 0
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    sleep(ms) {
      // Time stands still, so that only the budget waits for exactly its window.
      if (ms !== 60_000) return new Promise(() => undefined)
      time += ms
      waits.push(ms)
      return Promise.resolve()
    },
  }
  const streamed = { baseUrl, path: child.path }
  const definition = changed({
    child: { ...streamed, decoder: jsonLines(), budget: { requests: 2, seconds: 60 } },
    carry: { as: 'order', fields: ['id'] },
  })

  expect(await read(definition, whole, clock)).toHaveLength(3)
  expect(waits).toEqual([60_000])
})

it.each([
  ['with the same fields counts once', { id: 7, at: '2026-01-01', note: 'other' }, null],
  ['with other fields to carry ends the read', { id: '7', at: '2026-01-09' }, 'sends a parent twice'],
  [
    'without the field to fill in ends the read',
    { at: '2026-01-01' },
    'without a text or whole number at "id"',
  ],
  ['with an empty field ends the read', { id: '' }, 'without a text or whole number at "id"'],
  ['with a fraction ends the read', { id: 1.5 }, 'without a text or whole number at "id"'],
  ['with a field that leads to another path ends the read', { id: '..' }, 'would ask for another path'],
])('a parent %s', async (_what, another, message) => {
  orders = [{ id: 7, at: '2026-01-01' }, another]
  const reads = read(childSource(options))

  if (message === null) expect(await reads).toHaveLength(1)
  else await expect(reads).rejects.toMatchObject(malformed(message))
  expect(paths().filter((path) => path.includes('lines'))).toHaveLength(
    message === null || message.includes('path') ? 1 : 0,
  )
})

it('more parents than declared end the read before the first child', async () => {
  await expect(read(changed({ most: 1 }))).rejects.toMatchObject(malformed('more than 1 parents (most)'))
  expect(paths()).toEqual(['/orders'])
  expect(await read(changed({ most: 2 }))).toHaveLength(2)
})

it('a child that has a field of the name of its parent ends the read', async () => {
  lines = () => ({ status: 200, body: { data: [{ order: 1 }] } })

  await expect(read(childSource(options))).rejects.toMatchObject(malformed('have a field "order" already'))
})

it('children that are missing are an error, unless the definition says that they are none', async () => {
  lines = ({ url }) => (url.includes('/7/') ? { status: 404 } : { status: 200, body: { data: [{}] } })
  await expect(read(childSource(options))).rejects.toMatchObject({ code: 'source-refused' })

  const answers = [{ status: 404, then: 'skip' }] as const
  expect(await read(changed({ child: { ...child, answers } }))).toHaveLength(1)
})

it('a parent without children yields an empty page, so that a run can look at its time', async () => {
  lines = () => ({ status: 404 })
  const answers = [{ status: 404, then: 'skip' }] as const
  const source = changed({ child: { ...child, answers } }).open(
    sourceContext({ inputs: { API_BASE_URL: server.url } }),
  )
  const pages: unknown[] = []
  for await (const page of source.read(whole)) pages.push(page)

  expect(pages).toEqual([{ records: [] }, { records: [] }])
})

describe('the definition of children', () => {
  const rangeParams = { from: 'from', to: 'to' }
  const ranged = { ...child, rangeParams }

  it('has slices where its parent or its child takes them, and says whose field cuts them', () => {
    expect(childSource(options)).toMatchObject({ capabilities: [], paging: 'stable', bringsMore: false })
    const byParent = changed({ parent: restSource({ ...parent, rangeParams, inclusiveEnds: true }) })
    expect(byParent).toMatchObject({ capabilities: ['range'], bringsMore: true })
    expect(byParent.slicedBy).toEqual({ field: 'order', isWithin: true })
    expect(changed({ child: ranged })).toMatchObject({
      capabilities: ['range'],
      slicedBy: { field: 'order', isWithin: false },
    })
  })

  it('needs a primary key where the pages of its parent or its child may overlap', () => {
    const paginator = offset({ param: 'skip' })
    expect(changed({ child: { ...child, paginator } }).paging).toBe('shifting')
    expect(changed({ parent: restSource({ ...parent, paginator }) }).paging).toBe('shifting')
  })

  it('has another identity with other fields of the parent', () => {
    const identityOf = (change: object) =>
      changed(change).open(sourceContext({ inputs: { API_BASE_URL: server.url } })).identity
    expect(identityOf({})).toBe(identityOf({}))
    expect(identityOf({ carry: { as: 'order', fields: ['id'] } })).not.toBe(identityOf({}))
    expect(identityOf({ parent: restSource({ ...parent, path: '/other' }) })).not.toBe(identityOf({}))
  })

  it.each([
    [
      'a placeholder that nothing fills',
      { fill: { id: 'order' } },
      'child: restSource: nothing fills {order} of the path',
    ],
    [
      'bounds for both',
      { parent: restSource({ ...parent, rangeParams }), child: ranged },
      'childSource: the bounds of a slice go to the parent or to the child, and not to both',
    ],
    [
      'a cursor',
      { child: { ...child, sinceParam: 'since' } },
      'childSource: "child.sinceParam" has no effect: children do not come in the order of a cursor',
    ],
    [
      'a faulty parent',
      { parent: restSource({ ...parent, path: 'x' }) },
      'parent: restSource: "path" must be a path such as /v1/orders, without query',
    ],
    ['nothing to fill in', { fill: {} }, 'childSource: "fill" must name a field of the parent'],
    [
      'nothing to carry',
      { carry: { as: 'order', fields: [] } },
      'childSource: "carry.fields" must name a field',
    ],
  ])('with %s has a fault', (_what, change, fault) => {
    expect(changed(change).faults).toEqual([fault])
  })
})
