import { nextToken } from '../../../../src/sources/paginators/next-token'
import { offset } from '../../../../src/sources/paginators/offset'
import { pageNumber } from '../../../../src/sources/paginators/page-number'
import { walk } from '../../../fixtures/walk-pages'

const cycle = { code: 'source-malformed', message: expect.stringContaining('in a cycle') as string }

describe('nextToken', () => {
  const byToken = nextToken({ path: 'meta.next', param: 'token' })
  const tokens = (list: readonly unknown[], records: readonly unknown[] = [1]) =>
    walk(byToken, (_query, page) => ({ records, body: { meta: { next: list[page] } } }))

  it.each([undefined, null, ''])('ends at the page whose token is %p', (end) => {
    expect(tokens(['a', 7, end]).queries).toEqual([{}, { token: 'a' }, { token: '7' }])
  })

  it('continues after pages without a record', () => {
    expect(tokens(['a', 'b', null], []).queries).toHaveLength(3)
  })

  it.each([true, {}, ['a']])('refuses the token %p', (token) => {
    expect(tokens([token]).error).toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('meta.next') as string,
    })
  })

  it.each([1, 2, 3, 10, 1_000])('detects a cycle of %d pages within three rounds', (length) => {
    const { queries, error } = walk(byToken, (_query, page) => ({
      records: [page],
      body: { meta: { next: `token-${page % length}` } },
    }))

    expect(error).toMatchObject(cycle)
    expect(queries.length).toBeLessThanOrEqual(3 * length + 3)
  })

  it('detects a cycle after pages that lead into it', () => {
    const { error } = walk(byToken, (_query, page) => ({
      records: [page],
      body: { meta: { next: `token-${page < 500 ? page : 500 + (page % 7)}` } },
    }))

    expect(error).toMatchObject(cycle)
  })

  it('reads 10,000 different tokens without detecting a cycle', () => {
    expect(
      walk(byToken, (_query, page) => ({ records: [1], body: { meta: { next: page } } })).error,
    ).toBeNull()
  })

  it('ends endless pages without a record', () => {
    const { queries, error } = walk(byToken, (_query, page) => ({
      records: [],
      body: { meta: { next: page } },
    }))

    expect(error).toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('1000 pages in a row without a record') as string,
    })
    expect(queries).toHaveLength(1_000)
  })
})

describe('pageNumber', () => {
  it('counts up from the first page, and ends at one without a record', () => {
    const pages = [['a', 'b'], ['c'], []]

    expect(
      walk(pageNumber({ param: 'page' }), (_query, page) => ({ records: pages[page] ?? [] })).queries,
    ).toEqual([{ page: '1' }, { page: '2' }, { page: '3' }])
  })

  it('begins with the declared first page', () => {
    const { queries } = walk(pageNumber({ param: 'p', first: 0 }), () => ({ records: [] }))

    expect(queries).toEqual([{ p: '0' }])
  })

  it('notices an API that ignores the parameter', () => {
    const { queries, error } = walk(pageNumber({ param: 'page' }), () => ({
      records: [{ id: 1 }, { id: 2 }],
    }))

    expect(error).toMatchObject(cycle)
    expect(queries).toHaveLength(2)
  })

  it('detects it also where the records are nested too deep to be serialized', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))

    expect(walk(pageNumber({ param: 'page' }), () => ({ records: [deep] })).error).toMatchObject(cycle)
  })
})

describe('pageNumber, of an API that counts from 0,', () => {
  const first = (body: object, headers = {}) =>
    walk(pageNumber({ param: 'page' }), (_query, page) => ({ records: page === 0 ? [1] : [], body, headers }))

  it.each<[string, object, object]>([
    ['a URL', { prev_page_url: '/v1?page=0' }, {}],
    ['a link of HAL', { _links: { prev: { href: '/v1?page=0' } } }, {}],
    ['a flag', { page: { first: false } }, {}],
    ['another flag', { has_previous: true }, {}],
    ['the header Link', {}, { link: '</v1?page=0>; rel="prev"' }],
  ])('refuses a first page with %s of a page before', (_what, body, headers) => {
    expect(first(body, headers).error).toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('request for page 1 tells of a page before it') as string,
    })
  })

  it('takes a first page without one, and looks at no later page', () => {
    expect(first({ prev_page_url: null, first: true, previous: 'x' }).error).toBeNull()
    const later = walk(pageNumber({ param: 'page' }), (_query, page) => ({
      records: page === 2 ? [] : [page],
      body: { first: page === 0 },
    }))
    expect(later.error).toBeNull()
  })
})

describe('offset', () => {
  it('counts the records that came, not the page size', () => {
    const pages = [['a', 'b', 'c'], ['d'], []]

    expect(
      walk(offset({ param: 'skip' }), (_query, page) => ({ records: pages[page] ?? [] })).queries,
    ).toEqual([{ skip: '0' }, { skip: '3' }, { skip: '4' }])
  })

  it('notices an API that ignores the parameter', () => {
    expect(walk(offset({ param: 'skip' }), () => ({ records: [{ id: 1 }] })).error).toMatchObject(cycle)
  })
})

describe.each([
  ['pageNumber', pageNumber({ param: 'page', total: 'meta.total' })],
  ['offset', offset({ param: 'skip', total: 'meta.total' })],
])('%s with an announced total', (_name, paginator) => {
  const pages = [['a', 'b'], ['c'], []]
  const announce = (total: unknown) =>
    walk(paginator, (_query, page) => {
      const records = pages[page] ?? []
      return { records, body: { data: records, meta: { total } } }
    })

  it('ends without an error where all records came, or more were deleted than announced', () => {
    expect(announce(3).error).toBeNull()
    expect(announce(2).error).toBeNull()
  })

  it('notices a page that the server left out', () => {
    expect(announce(5).error).toMatchObject({
      code: 'source-malformed',
      message: 'https://api.example.com/v1 announces 5 records at meta.total and sent 3.',
    })
  })

  it('does not take a total that is missing for a complete read', () => {
    expect(announce(undefined).error).toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('has no number at meta.total') as string,
    })
  })
})
