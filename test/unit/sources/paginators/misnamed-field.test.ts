import { nextToken } from '../../../../src/sources/paginators/next-token'
import { nextUrl } from '../../../../src/sources/paginators/next-url'
import { walk } from '../../../fixtures/walk-pages'
import type { PaginatorDefinition } from '../../../../src/sources/paginators/paginator'

/** The error of a read whose answers have these bodies, and the number of its pages. */
function read(paginator: PaginatorDefinition, ...bodies: readonly object[]) {
  const { queries, error } = walk(paginator, (_query, page) => ({ records: [1], body: bodies[page] ?? {} }))
  return { pages: queries.length, error }
}

const byToken = (path: string) => nextToken({ path, param: 'token' })
const byUrl = (path: string) => nextUrl({ path })
const next = 'https://api.example.com/v1?page=2'

it.each<[string, PaginatorDefinition, object, string]>([
  ['in another notation', byToken('next_token'), { nextToken: 'a' }, 'nextToken'],
  ['with a slip of the keyboard', byToken('next_tokn'), { next_token: 'a' }, 'next_token'],
  [
    'at another place',
    byToken('next_token'),
    { meta: { paging: { next_token: 'a' } } },
    'meta.paging.next_token',
  ],
  ['at the top instead of deeper', byToken('meta.next'), { meta: {}, next: 7 }, 'next'],
  ['as a URL in another case', byUrl('links.Next'), { links: { next } }, 'links.next'],
  [
    'for a token under a name of its own',
    byToken('cursor'),
    { page: { nextPageToken: 'a' } },
    'page.nextPageToken',
  ],
  [
    'as a URL with the prefix of OData',
    byUrl('@odata.next_link'),
    { '@odata.nextLink': next },
    '@odata.nextLink',
  ],
])('a first answer with the field %s is an error that names it', (_what, paginator, body, found) => {
  expect(read(paginator, body)).toEqual({
    pages: 1,
    error: expect.objectContaining({
      code: 'source-malformed',
      message: expect.stringContaining(`but it has the field ${found}.`) as string,
    }) as unknown,
  })
})

it.each<[string, PaginatorDefinition, object]>([
  ['no such field', byToken('next_token'), { data: [{ next_token: 'of a record' }], total: 1 }],
  ['the field without a value', byToken('next_token'), { next_token: null, nextToken: 'a' }],
  ['a field of that name without a value', byToken('next_token'), { meta: { next_token: '' } }],
  ['the page before', byUrl('links.next_page'), { links: { prev_page: next, last_page: next, page: 1 } }],
  ['a short name that differs', byUrl('next'), { text: 'a', best: 'b' }],
  [
    'a flag that says so',
    nextToken({ path: 'next', more: 'more', param: 't' }),
    { more: false, meta: { next: 'a' } },
  ],
])('a first answer with %s is the only page', (_what, paginator, body) => {
  expect(read(paginator, body)).toEqual({ pages: 1, error: null })
})

it('a later answer may repeat the token of its request under another name', () => {
  expect(read(byToken('next_token'), { next_token: 'a' }, { request: { nextToken: 'a' } })).toEqual({
    pages: 2,
    error: null,
  })
})

it('a path may be a name that has a dot', () => {
  expect(read(byUrl('@odata.nextLink'), { '@odata.nextLink': next })).toEqual({ pages: 2, error: null })
  expect(read(byUrl('meta.@odata.nextLink'), { meta: { '@odata.nextLink': next } })).toEqual({
    pages: 2,
    error: null,
  })
})
