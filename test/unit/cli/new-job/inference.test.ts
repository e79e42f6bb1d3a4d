import { cursorCandidates, keyCandidates, obviousKey } from '../../../../src/cli/new-job/candidates'
import { findRecords } from '../../../../src/cli/new-job/find-records'
import { leavesOf } from '../../../../src/cli/new-job/leaves'
import { inferPaging } from '../../../../src/cli/new-job/paging'
import { schemaText } from '../../../../src/cli/new-job/schema-text'
import { inferFields } from '../../../../src/cli/new-job/shape'
import { errorThrownBy } from '../../../fixtures/error-of'

const schemaOf = (...records: object[]) => schemaText(inferFields(records)).replaceAll(/\s+/g, ' ')
const leaves = (...records: object[]) => leavesOf(inferFields(records), records)

describe('the list of records', () => {
  const one = [{ id: 1 }]

  it.each([
    ['the body itself', one, ''],
    ['the only list', { meta: { page: 1 }, orders: one }, 'orders'],
    ['a nested list', { response: { result: { items: one } } }, 'response.result.items'],
    ['of several lists, the one with a usual name', { errors: one, data: one }, 'data'],
    ['of several lists, the one with records', { warnings: [], orders: one }, 'orders'],
  ])('is %s', (_what, body, path) => {
    expect(findRecords(body, undefined)).toEqual({ path, records: one })
  })

  it('is the list at the given path', () => {
    expect(findRecords({ errors: one, orders: [{ id: 2 }] }, 'orders').records).toEqual([{ id: 2 }])
  })

  it.each([
    ['no list', { id: 1 }, undefined, 'has no list of records; it has id.'],
    ['no list at the path', { data: one }, 'result.items', 'has no list at "result.items".'],
    ['an empty list', { data: [] }, undefined, 'The list of records at "data" is empty'],
    ['a list of texts', ['a'], undefined, 'Item 0 of the list at "" is no object.'],
    [
      'several lists that could be meant',
      { sold: one, returned: one },
      undefined,
      'several lists: sold, returned',
    ],
    ['a text', 'no', undefined, 'it has nothing by a name.'],
  ])('is an error for %s', (_what, body, path, message) => {
    const error = errorThrownBy(() => findRecords(body, path))
    expect(error.message).toContain(message)
    expect(error.remedy).not.toBe('')
  })
})

describe('the schema', () => {
  it.each([
    ['instants in UTC', { at: '2026-01-01T00:00:00Z' }, 'at: z.iso.datetime(),'],
    ['instants with an offset', { at: '2026-01-01T00:00:00+02:00' }, 'at: z.iso.datetime({ offset: true }),'],
    ['times without an offset', { at: '2026-01-01T00:00:00' }, 'at: z.iso.datetime({ local: true }),'],
    ['dates', { day: '2026-01-31' }, 'day: z.iso.date(),'],
    ['other texts', { name: '2026/01/31 06:00' }, 'name: z.string(),'],
    ['money as text', { price: '9.50' }, String.raw`price: z.string().regex(/^-?\d+(?:\.\d+)?$/),`],
    ['digits as text', { zip: '04109' }, 'zip: z.string(),'],
    ['whole numbers', { stock: 3 }, 'stock: z.int(),'],
    ['fractions', { ratio: 0.5 }, 'ratio: z.number(),'],
    ['whole amounts, which may have cents elsewhere', { total: 10 }, 'total: z.number(),'],
    ['integers that a double does not keep', { big: 2 ** 60 }, 'big: z.number(),'],
    ['booleans', { paid: true }, 'paid: z.boolean(),'],
    ['nested objects', { a: { b: 1 } }, 'a: z.object({ b: z.int(), }),'],
    ['lists', { tags: ['x'] }, 'tags: z.array(z.string()),'],
    ['empty lists', { tags: [] }, 'tags: z.array(z.unknown()),'],
    ['lists with nulls', { tags: ['x', null] }, 'tags: z.array(z.unknown()),'],
    ['nothing but null', { note: null }, 'note: z.unknown().optional(),'],
    ['names that are no identifiers', { 'a-b': "it's" }, "'a-b': z.string(),"],
  ])('has %s', (_what, record, text) => {
    expect(schemaOf(record)).toBe(`z.object({ ${text} })`)
  })

  it('considers every record: absent, null, and of several types', () => {
    const records = [
      { a: 1, b: 'x', c: null, d: 1, e: '2026-01-01' },
      { b: null, c: 'y', d: 'two', e: 'soon' },
    ]
    expect(schemaOf(...records)).toBe(
      'z.object({ a: z.int().optional(), b: z.string().nullable(), c: z.string().nullable(), ' +
        'd: z.union([z.string(), z.int()]), e: z.string(), })',
    )
  })

  it('is nullish where a field is absent in one record and null in another', () => {
    expect(schemaOf({ a: 1 }, { a: null }, {})).toBe('z.object({ a: z.int().nullish(), })')
  })
})

describe('candidates', () => {
  it('for the key are fields that every record has and that differ, best names first', () => {
    const records = [
      { name: 'a', code: 'x', id: 7, at: '2026-01-01', kind: 'p', price: 1.5, gone: 1 },
      { name: 'b', code: 'y', id: 8, at: '2026-01-02', kind: 'p', price: 2.5 },
    ]
    expect(keyCandidates(leaves(...records))).toEqual(['id', 'code', 'name'])
  })

  it('for the key need a name where there is one record', () => {
    expect(keyCandidates(leaves({ colour: 'red', size: 3 }))).toEqual([])
    expect(keyCandidates(leaves({ colour: 'red', order: { id: 'a' } }))).toEqual(['order.id'])
  })

  it('are not obvious without a name that says so', () => {
    expect(obviousKey(['name'])).toBeNull()
    expect(obviousKey(['order.id', 'name'])).toBe('order.id')
  })

  it('for the cursor are instants and rising numbers, with the order that the page shows', () => {
    const records = [
      {
        seq: 1,
        created: '2026-01-02T00:00:00Z',
        updated: '2026-01-01T00:00:00+01:00',
        ts: 1_767_225_600,
        n: 2,
      },
      { seq: 5, created: '2026-01-01T00:00:00Z', updated: '2025-12-31T23:00:00Z', ts: 1_767_225_600, n: 1 },
    ]
    expect(cursorCandidates(leaves(...records))).toEqual([
      { path: 'updated', notation: 'instant', time: { unit: 'iso', hasOffset: true }, isAscending: true },
      { path: 'created', notation: 'instant', time: { unit: 'iso', hasOffset: true }, isAscending: false },
      { path: 'ts', notation: 'instant', time: { unit: 's' }, isAscending: true },
      { path: 'seq', notation: 'number', time: null, isAscending: true },
    ])
  })

  it('for the cursor keep milliseconds apart, and times without an offset', () => {
    const found = cursorCandidates(leaves({ sent_at: 1_767_225_600_000, day: '2026-01-01' }))
    expect(found.map(({ path, time }) => [path, time])).toEqual([
      ['sent_at', { unit: 'ms' }],
      ['day', { unit: 'iso', hasOffset: false }],
    ])
  })
})

describe('the paginator', () => {
  const url = 'https://api.example.com/orders'
  const pagingOf = (
    body: unknown,
    { headers = {}, param, at = url }: { headers?: Record<string, string>; param?: string; at?: string } = {},
  ) => inferPaging({ url: at, headers, body, count: 1 }, param)
  const data = [{ id: 1, next: 'https://elsewhere' }]

  it.each([
    ['the header Link', {}, { headers: { link: `<${url}?page=2>; rel="next"` } }, 'linkHeader()'],
    ['a URL in the body', { links: { next: `${url}?c=2` } }, {}, "nextUrl({ path: 'links.next' })"],
    [
      'a URL at a name with a dot',
      { '@odata.nextLink': `${url}?c=2` },
      {},
      "nextUrl({ path: '@odata.nextLink' })",
    ],
    ['a relative URL', { next_page: '/orders?c=2' }, {}, "nextUrl({ path: 'next_page' })"],
    ['a URL that is null on the last page', { links: { next: null } }, {}, "nextUrl({ path: 'links.next' })"],
    [
      'a token',
      { meta: { next_token: 'x' } },
      { param: 'after' },
      "nextToken({ path: 'meta.next_token', param: 'after' })",
    ],
    [
      'a token beside a flag',
      { paging: { cursor: 'x', has_more: true } },
      { param: 'cursor' },
      "nextToken({ path: 'paging.cursor', more: 'paging.has_more', param: 'cursor' })",
    ],
    [
      'a token that is null on the last page',
      { next_token: null },
      { param: 't' },
      "nextToken({ path: 'next_token', param: 't' })",
    ],
    [
      'a page number in the URL',
      { total: 50 },
      { at: `${url}?page=1` },
      "pageNumber({ param: 'page', total: 'total' })",
    ],
    ['a page number from 0', {}, { at: `${url}?page=0` }, "pageNumber({ param: 'page', first: 0 })"],
    [
      'a number that the answer gives itself',
      { number: 0 },
      { param: 'page' },
      "pageNumber({ param: 'page', first: 0 })",
    ],
    [
      'a number from 1 in the answer',
      { meta: { page: 1 } },
      { param: 'page' },
      "pageNumber({ param: 'page' })",
    ],
    [
      'a link of HAL',
      { _links: { next: { href: '/orders?c=2' } } },
      {},
      "nextUrl({ path: '_links.next.href' })",
    ],
    ['an offset in the URL', {}, { at: `${url}?offset=0&limit=5` }, "offset({ param: 'offset' })"],
    ['a parameter that the author names', {}, { param: 'skip' }, "offset({ param: 'skip' })"],
  ])('is recognised by %s', (_what, envelope, options, text) => {
    expect(pagingOf({ data, ...envelope }, options)).toMatchObject({ kind: 'pages', text })
  })

  it('is refused where nothing shows whether the pages begin at 0 or at 1', () => {
    expect(() => pagingOf({ data }, { param: 'page' })).toThrow(
      expect.objectContaining({
        code: 'params-invalid',
        remedy: expect.stringContaining('?page=1 or ?page=0') as string,
      }) as Error,
    )
  })

  it('is absent where nothing names a next page', () => {
    expect(pagingOf({ data, total: 1 })).toEqual({ kind: 'one-page' })
  })

  it.each([
    [
      'a token without its parameter',
      { next_token: 'x' },
      'carries a token of the next page at "next_token"',
    ],
    ['a flag alone', { has_more: true }, '"has_more" that there are more pages'],
    [
      'a total that is larger',
      { meta: { total_count: 5000 } },
      'has 1 records of 5,000 ("meta.total_count")',
    ],
  ])('is unclear, and not taken for one page, for %s', (_what, envelope, why) => {
    const paging = pagingOf({ data, ...envelope })
    expect(paging.kind).toBe('unclear')
    expect(paging).toHaveProperty('why', expect.stringContaining(why))
  })
})
