import { startEmulator } from '../../../../emulators/emulator'
import { input, secret } from '../../../../src/inputs'
import { csv } from '../../../../src/sources/decoders/csv'
import { fileSource } from '../../../../src/sources/files/file-source'
import { httpsFile } from '../../../../src/sources/files/https-file'
import { hurriedClock, sourceContext } from '../../../fixtures/source-context'
import type { Emulator, Reply } from '../../../../emulators/emulator'
import type { Page } from '../../../../src/sources/source'

let server: Emulator
let replies: Record<string, Reply>
beforeEach(async () => {
  replies = { '/sheet.csv?key=abcdef': { status: 200, headers: { etag: '"1"' }, body: 'a\n1\n2\n' } }
  server = await startEmulator(({ url }) => replies[url] ?? { status: 404 })
})
afterEach(() => server.stop())

async function read(
  since: string | null,
  { isSecret = false, path = '/sheet.csv?key=abcdef' } = {},
): Promise<Page[]> {
  const reference = isSecret ? secret('SHEET_URL') : input('SHEET_URL')
  const source = fileSource({ store: httpsFile({ url: reference }), decoder: csv() })
  const opened = source.open(
    sourceContext({ inputs: { SHEET_URL: server.url + path }, clock: hurriedClock() }),
  )
  const pages: Page[] = []
  const request = { mode: 'incremental', since, signal: new AbortController().signal } as const
  for await (const page of opened.read(request)) pages.push(page)
  return pages
}

const recordsOf = (pages: readonly Page[]) => pages.flatMap(({ records }) => records)

it('reads the file in one request, and nothing again while its ETag stays', async () => {
  const pages = await read(null)

  expect(recordsOf(pages)).toEqual([{ a: '1' }, { a: '2' }])
  expect(server.requests).toHaveLength(1)
  expect(await read(pages.at(-1)?.cursor ?? null)).toEqual([])
})

it('a new content is noticed', async () => {
  const since = (await read(null)).at(-1)?.cursor ?? null
  replies['/sheet.csv?key=abcdef'] = { status: 200, headers: { etag: '"2"' }, body: 'a\n3\n' }

  await expect(read(since)).rejects.toThrow('sheet.csv was replaced after it was read')
})

it('follows redirects on its own host', async () => {
  replies['/old'] = { status: 307, headers: { location: '/sheet.csv?key=abcdef' } }

  expect(recordsOf(await read(null, { path: '/old' }))).toHaveLength(2)
})

it.each([
  [
    'to plain http on another host',
    { location: 'http://169.254.169.254/latest' },
    'redirects to something else',
  ],
  ['to a private address', { location: 'https://169.254.169.254/latest' }, 'is at a private address'],
  ['to a file', { location: 'file:///etc/passwd' }, 'redirects to something else'],
  ['in circles', { location: '/old' }, 'redirects more than 5 times'],
])('does not follow redirects %s', async (_, headers, message) => {
  replies['/old'] = { status: 302, headers }

  await expect(read(null, { path: '/old' })).rejects.toThrow(message)
})

it('errors show neither the query of a URL nor a secret one', async () => {
  replies = {}

  await expect(read(null)).rejects.toMatchObject({
    code: 'source-refused',
    message: `The store answered HTTP 404 for ${server.url}/sheet.csv.`,
  })
  await expect(read(null, { isSecret: true })).rejects.toThrow('HTTP 404 for the URL in SHEET_URL.')
})

it('its identity holds no query, and changes with the URL', () => {
  const identityOf = (url: string, isSecret: boolean) => {
    const store = httpsFile({ url: isSecret ? secret('SHEET_URL') : input('SHEET_URL') })
    return store.open(sourceContext({ inputs: { SHEET_URL: url } })).identity
  }

  expect(identityOf('https://example.com/a?key=1', false)).toMatch(/^https:\/\/example\.com\/a#[0-9a-f]{16}$/)
  expect(identityOf('https://example.com/a?key=1', true)).toMatch(/^https:\/\/example\.com#[0-9a-f]{16}$/)
  expect(identityOf('https://example.com/a?key=1', true)).not.toBe(
    identityOf('https://example.com/a?key=2', true),
  )
})

it('an invalid URL is an error that does not repeat it', () => {
  const store = httpsFile({ url: secret('SHEET_URL') })

  expect(() => store.open(sourceContext({ inputs: { SHEET_URL: 'ftp://user:hidden@host' } }))).toThrow(
    'The input SHEET_URL is not an http(s) URL.',
  )
})
