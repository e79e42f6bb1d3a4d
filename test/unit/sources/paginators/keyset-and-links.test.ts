import { lastRecord } from '../../../../src/sources/paginators/last-record'
import { linkHeader } from '../../../../src/sources/paginators/link-header'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { nextUrl } from '../../../../src/sources/paginators/next-url'
import { inBody } from '../../../../src/sources/rest/place'
import { walk } from '../../../fixtures/walk-pages'
import type { ServedPage } from '../../../fixtures/walk-pages'

const malformed = (message: string) => ({
  code: 'source-malformed',
  message: expect.stringContaining(message) as string,
})
const served = (pages: readonly ServedPage[]) => (_query: unknown, page: number) =>
  pages[page] ?? { records: [] }

describe('nextToken', () => {
  it('reads the token from a header in any case', () => {
    const pages = [{ records: [1], headers: { 'x-next': 'a' } }, { records: [2] }]

    expect(walk(nextToken({ header: 'X-Next', param: 'token' }), served(pages)).queries).toEqual([
      {},
      { token: 'a' },
    ])
  })

  it('ends where the answer reports the last page, although it carries a token', () => {
    const page = (more: unknown, end: unknown) => ({ records: [1], body: { page: { more, end } } })
    const paginator = nextToken({ path: 'page.end', more: 'page.more', param: inBody('after') })

    expect(walk(paginator, served([page(true, 'a'), page(false, 'b')])).queries).toEqual([{}, { after: 'a' }])
    expect(walk(paginator, served([page(true, null)])).error).toMatchObject(malformed('without the token'))
    expect(walk(paginator, served([page('yes', 'a')])).error).toMatchObject(
      malformed('something else than true or false at page.more'),
    )
  })

  it.each([{ param: 'p' }, { path: 'a', header: 'b', param: 'p' }])('refuses the options %j', (options) => {
    expect(nextToken(options).faults).toEqual(['nextToken: needs either "path" or "header"'])
  })
})

describe('lastRecord', () => {
  const byId = lastRecord({ path: 'meta.id', param: 'after' })
  const page = (...ids: unknown[]) => ({ records: ids.map((id) => ({ meta: { id } })) })

  it('asks for the records after the last one, until a page is empty', () => {
    const { queries, error } = walk(byId, served([page(1, 2), page(3), page()]))

    expect(queries).toEqual([{}, { after: '2' }, { after: '3' }])
    expect(error).toBeNull()
  })

  it('ends where the answer reports the last page', () => {
    const paginator = lastRecord({ path: 'meta.id', param: 'after', more: 'has_more' })
    const pages = [
      { ...page('a'), body: { has_more: true } },
      { ...page('b'), body: { has_more: false } },
    ]

    expect(walk(paginator, served(pages)).queries).toEqual([{}, { after: 'a' }])
  })

  it('refuses a field that two records share, because the next page leaves out those that share it', () => {
    const tied = { records: [{ meta: { id: 1 } }, { meta: { id: 2 }, a: 1 }, { meta: { id: 2 }, a: 2 }] }
    const repeated = page(1, 2, 2)

    expect(walk(byId, served([tied])).error).toMatchObject(malformed('two records with the same "meta.id"'))
    expect(walk(byId, served([repeated, page()]))).toMatchObject({
      error: null,
      queries: [{}, { after: '2' }],
    })
  })

  it('detects an API whose filter includes the given record', () => {
    expect(walk(byId, () => page(7)).error).toMatchObject(malformed('in a cycle'))
  })

  it.each([[{}], [null], [{ meta: { id: true } }]])('refuses the last record %j', (record) => {
    expect(walk(byId, () => ({ records: [record] })).error).toMatchObject(
      malformed('whose last record has no text or number at "meta.id"'),
    )
  })

  it('refuses a page without a record that is said to have a successor', () => {
    const paginator = lastRecord({ path: 'id', param: 'after', more: 'more' })

    expect(walk(paginator, () => ({ records: [], body: { more: true } })).error).toMatchObject(
      malformed('no text or number at "id"'),
    )
  })
})

const link = (text: string) => ({ records: [1], headers: { link: text } })
const inLinks = (target: string) => link(`<https://api.example.com/v1>; rel="first", <${target}>; rel="next"`)
const inBodies = (target: string) => ({ records: [1], body: { links: { next: target } } })

describe.each([
  ['linkHeader', linkHeader(), inLinks],
  ['nextUrl', nextUrl({ path: 'links.next' }), inBodies],
])('%s', (_name, paginator, naming) => {
  it('follows URLs, absolute and relative, to the page that names none', () => {
    const pages = [naming('https://api.example.com/v1?page=2'), naming('?page=3'), { records: [3] }]

    expect(walk(paginator, served(pages)).queries).toEqual([
      {},
      { url: 'https://api.example.com/v1?page=2' },
      { url: 'https://api.example.com/v1?page=3' },
    ])
  })

  it.each([
    'https://evil.example.com/v1?page=2',
    '//evil.example.com/v1',
    'http://api.example.com/v1',
    'https://api.example.com:8443/v1',
    'https://api.example.com@evil.example.com/v1',
    'https://user:secret@api.example.com/v1',
  ])('never requests %s', (target) => {
    const { queries, error } = walk(paginator, () => naming(target))

    expect(queries).toHaveLength(1)
    expect(error).toMatchObject(malformed('on another host'))
    expect(JSON.stringify([error, String(error)])).not.toMatch(/evil|secret/)
  })

  it('detects a cycle of URLs', () => {
    expect(walk(paginator, (_query, page) => naming(`?page=${page % 3}`)).error).toMatchObject(
      malformed('in a cycle'),
    )
  })
})

describe('linkHeader', () => {
  it.each(['next', 'https://api.example.com/v1?page=2', '<https://api.example.com/v1; rel="next"'])(
    'does not take the unreadable header %p for the last page',
    (header) => {
      expect(walk(linkHeader(), () => link(header)).error).toMatchObject(malformed('Link header'))
    },
  )

  it('refuses two different next pages', () => {
    expect(walk(linkHeader(), () => link('<?page=2>; rel=next, <?page=3>; rel=next')).error).toMatchObject(
      malformed('2 links "next"'),
    )
  })

  it('follows another relation where the job declares it, among several of one link', () => {
    const pages = [link('<?page=2>; rel="prev older"'), { records: [] }]

    expect(walk(linkHeader({ rel: 'older' }), served(pages)).queries).toHaveLength(2)
  })
})

it('nextUrl refuses something else than a text', () => {
  expect(
    walk(nextUrl({ path: 'next' }), () => ({ records: [1], body: { next: { href: 'x' } } })).error,
  ).toMatchObject(malformed('has no URL at next'))
})
