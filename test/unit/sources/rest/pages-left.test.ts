import { linkHeader } from '../../../../src/sources/paginators/link-header'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { endsBeforeLast } from '../../../../src/sources/rest/pages-left'
import type { RestSource } from '../../../../src/sources/rest/rest-options'

const url = 'https://api.example.com/v1/orders'
const malformed = (message: string) =>
  expect.objectContaining({
    code: 'source-malformed',
    message: expect.stringContaining(message) as string,
  }) as unknown
const byToken = nextToken({ path: 'next_token', param: 'token' })
const byFlag = nextToken({ path: 'next_token', more: 'has_more', param: 'token' })

/** What a read says that ends with this answer: an error, or whether later reads go on. */
function end(
  body: object,
  source: Partial<RestSource> = {},
  { count = 3, mode = 'full-refresh', link = '' } = {},
): unknown {
  const headers: Record<string, string> = link === '' ? {} : { link }
  try {
    return endsBeforeLast(source, { mode: mode as 'full-refresh' }, { url, headers, body, count })
  } catch (error) {
    return error
  }
}

describe('without a paginator, an answer is not the last page', () => {
  it.each<[string, object, string]>([
    ['the token of Google', { nextPageToken: 'x' }, 'nextPageToken'],
    ['a cursor', { response_metadata: { next_cursor: 'x' } }, 'response_metadata.next_cursor'],
    ['the link of HAL', { _links: { next: { href: '/v1/orders?page=2' } } }, '_links.next.href'],
    ['the URL of Salesforce', { nextRecordsUrl: '/query/01g-2000' }, 'nextRecordsUrl'],
    ['a flag that there is no end', { last: false }, 'last'],
    ['a cut list', { IsTruncated: true }, 'IsTruncated'],
    ['a count of all records', { total_count: 4 }, 'total_count'],
    ['a total beside facts about pages', { meta: { total: 4, per_page: 3 } }, 'meta.total'],
  ])('where it has %s', (_what, body, field) => {
    expect(end(body)).toEqual(
      malformed(`tells of a next page in its field ${field}, and the source declares no`),
    )
  })

  it.each<[string, object]>([
    ['an empty cursor', { response_metadata: { next_cursor: '' } }],
    ['the cursor of this page', { cursor: 'x' }],
    ['the count of its own records', { total_count: 3 }],
    ['a sum of money', { total: 1_500 }],
    ['a flag that it is the last', { last: true, done: true, truncated: false }],
    ['the URL of another link', { _links: { self: { href: '/v1/orders' } }, next: 'step' }],
  ])('but is, where it has %s', (_what, body) => {
    expect(end(body)).toBe(false)
  })

  it('but a source with a cursor goes on by its next read, and its total may count earlier records', () => {
    const since = { sinceParam: 'since' }
    expect(end({ has_more: true }, since, { mode: 'incremental' })).toBe(true)
    expect(end({ total_count: 50 }, since, { mode: 'incremental' })).toBe(false)
    expect(end({ has_more: true }, since)).toEqual(malformed('has_more'))
  })
})

describe('where the paginator finds no next page, an answer is not the last one', () => {
  it('if a flag, a URL or the header Link tells of another', () => {
    const missed = (place: string) => malformed(`in its ${place}, and the paginator of the source found none`)
    expect(end({ has_more: true }, { paginator: byToken })).toEqual(missed('field has_more'))
    expect(end({ has_more: true }, { paginator: byToken }, { count: 0 })).toEqual(missed('field has_more'))
    expect(end({ next: '/v1/orders?page=2' }, { paginator: linkHeader() })).toEqual(missed('field next'))
    expect(end({}, { paginator: byToken }, { link: '</v1/orders?page=2>; rel="next"' })).toEqual(
      missed('header Link'),
    )
  })

  it('but is, where a declared flag decides, or only a link beyond the last record is left', () => {
    expect(end({ has_more: false, more: true }, { paginator: byFlag })).toBe(false)
    expect(end({ next: '/v1/orders?page=9' }, { paginator: byToken }, { count: 0 })).toBe(false)
    expect(end({ nextPageToken: 'x', total_count: 50 }, { paginator: linkHeader() })).toBe(false)
  })
})
