import { createHmac } from 'node:crypto'
import { input, secret } from '../../../../src/inputs'
import { azureBlob } from '../../../../src/sources/files/azure-blob'
import { sourceContext } from '../../../fixtures/source-context'
import type { DownloadRequest, HttpDownload } from '../../../../src/http/http-download'
import type { AzureCredential } from '../../../../src/sources/files/azure-blob'
import type { StoredFile } from '../../../../src/sources/files/file-store'

const inputs = {
  AZURE_ENDPOINT: 'https://account.blob.core.windows.net',
  AZURE_SAS: '?sv=2021&sig=canary',
  AZURE_ACCOUNT: 'account',
  AZURE_KEY: Buffer.from('canary-key').toString('base64'),
}
const bySas = { sas: secret('AZURE_SAS') }
const byKey = { account: input('AZURE_ACCOUNT'), key: secret('AZURE_KEY') }
const { signal } = new AbortController()

const blob = (name: string, etag: string, more = '') =>
  `<Blob><Name>${name}</Name><Properties><Last-Modified>Thu, 05 Nov 2026 00:00:00 GMT</Last-Modified><Etag>${etag}</Etag><Content-Length>3</Content-Length>${more}</Properties></Blob>`
const listing = (blobs: string, marker: string) =>
  `<EnumerationResults><Blobs>${blobs}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`

/** A container that gives these answers in order. */
function containerOf(
  answers: readonly { readonly body: string; readonly etag?: string }[],
  credential: AzureCredential,
) {
  const asked: DownloadRequest[] = []
  const discard = jest.fn()
  const download: HttpDownload = (request) => {
    const { body = '', etag } = answers[asked.push(request) - 1] ?? {}
    const bytes = (async function* () {
      yield await Promise.resolve(Buffer.from(body))
    })()
    return Promise.resolve({ status: 200, headers: etag === undefined ? {} : { etag }, body: bytes, discard })
  }
  const definition = azureBlob({ endpoint: input('AZURE_ENDPOINT'), container: 'exports', credential })
  return { asked, discard, store: definition.open(sourceContext({ inputs, download })) }
}

const file: StoredFile = { name: 'in/a b.csv', bytes: 3, modified: 0, version: '"0x1"' }

it('lists every page of a container with size, time and version, and no folders', async () => {
  const pages = [
    {
      body: listing(
        blob('a.csv', '0x1') + blob('deep', '0x2', '<ResourceType>directory</ResourceType>'),
        'm1',
      ),
    },
    { body: listing(blob('b.csv', '&quot;0x3&quot;') + blob('deep/', '0x4'), '') },
  ]
  const { store, asked } = containerOf(pages, bySas)
  const files: StoredFile[] = []
  for await (const page of store.list('', signal)) files.push(...page)

  const modified = Date.UTC(2026, 10, 5)
  expect(files).toEqual([
    { name: 'a.csv', bytes: 3, modified, version: '"0x1"' },
    { name: 'b.csv', bytes: 3, modified, version: '"0x3"' },
  ])
  expect(asked.map(({ url }) => new URL(url).searchParams.get('marker'))).toEqual([null, 'm1'])
  expect(asked[0]?.url).toMatch(/&sv=2021&sig=canary$/)
})

it('reads a file on the condition that it is the one that was listed, with a signed request', async () => {
  const { store, asked } = containerOf([{ body: 'a\n1', etag: '"0x1"' }], byKey)
  const chunks: Uint8Array[] = []
  for await (const chunk of (await store.read(file, signal)).bytes) chunks.push(chunk)

  const { url = '', headers = {} } = asked[0] ?? {}
  const text = [
    ...['GET', '', '', '', '', '', '', '', '"0x1"', '', '', ''],
    ...[`x-ms-date:${headers['x-ms-date']}`, `x-ms-version:${headers['x-ms-version']}`],
    '/account/exports/in/a%20b.csv',
  ].join('\n')
  const signature = createHmac('sha256', 'canary-key').update(text).digest('base64')
  expect(Buffer.concat(chunks).toString()).toBe('a\n1')
  expect(url).toBe('https://account.blob.core.windows.net/exports/in/a%20b.csv')
  expect(headers).toMatchObject({ 'if-match': '"0x1"', authorization: `SharedKey account:${signature}` })
})

it('releases a file that was replaced since it was listed, where the server ignores the condition', async () => {
  const { store, discard } = containerOf([{ body: 'a\n2', etag: '"0x2"' }], bySas)

  await expect(store.read(file, signal)).rejects.toThrow('changed while it was being read')
  expect(discard).toHaveBeenCalledTimes(1)
})
