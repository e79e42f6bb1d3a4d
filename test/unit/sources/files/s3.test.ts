import { createHash, createHmac } from 'node:crypto'
import { input, secret } from '../../../../src/inputs'
import { s3 } from '../../../../src/sources/files/s3'
import { sourceContext } from '../../../fixtures/source-context'
import type { DownloadRequest, HttpDownload } from '../../../../src/http/http-download'

const empty = `<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`

/** Answers every request with a listing, and keeps the requests. */
function recording(listing = empty): { readonly asked: DownloadRequest[]; readonly download: HttpDownload } {
  const asked: DownloadRequest[] = []
  return {
    asked,
    download(request) {
      asked.push(request)
      const body = (async function* () {
        yield await Promise.resolve(Buffer.from(listing))
      })()
      return Promise.resolve({ status: 200, headers: {}, body, discard: () => undefined })
    },
  }
}

const inputs = {
  S3_ENDPOINT: 'https://s3.eu-central-1.amazonaws.com',
  S3_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  S3_TOKEN: 'a-session-token',
}
const options = {
  endpoint: input('S3_ENDPOINT'),
  bucket: 'exports',
  region: 'eu-central-1',
  accessKeyId: input('S3_KEY_ID'),
  secretAccessKey: secret('S3_KEY'),
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const rfc3986 = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Signature Version 4, written anew from its specification for a GET with sorted parameters. */
function signatureOf({ url, headers = {} }: DownloadRequest): string {
  const { host, pathname, search } = new URL(url)
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
  const valueOf = (name: string) => (name === 'host' ? host : headers[name])
  const pairs = [...new URLSearchParams(search)].map((pair) => pair.map(rfc3986).join('='))
  const query = pairs.sort().join('&')
  const canonical = [
    ...['GET', pathname, query],
    ...signed.map((name) => `${name}:${valueOf(name)}`),
    ...['', signed.join(';'), headers['x-amz-content-sha256']],
  ].join('\n')
  const date = headers['x-amz-date'] ?? ''
  const scope = `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const key = scope
    .split('/')
    .reduce<string | Buffer>((inner, part) => hmac(inner, part), `AWS4${inputs.S3_KEY}`)
  return hmac(key, text).toString('hex')
}

async function listed(definition: ReturnType<typeof s3>, prefix: string): Promise<DownloadRequest> {
  const { asked, download } = recording()
  const store = definition.open(sourceContext({ inputs, download }))
  for await (const page of store.list(prefix, new AbortController().signal)) expect(page).toEqual([])
  const [request] = asked
  if (!request) throw new Error('nothing was asked')
  return request
}

it('a bucket is addressed as a host by default, and its requests are signed', async () => {
  const request = await listed(s3(options), "a b/c+d&e'f*")

  expect(request.url).toMatch(/^https:\/\/exports\.s3\.eu-central-1\.amazonaws\.com\/\?list-type=2&/)
  expect(request.headers?.authorization).toContain(`Signature=${signatureOf(request)}`)
})

it('a session token is sent and signed', async () => {
  const request = await listed(s3({ ...options, sessionToken: secret('S3_TOKEN') }), '')

  expect(request.headers).toMatchObject({ 'x-amz-security-token': 'a-session-token' })
  expect(request.headers?.authorization).toContain('x-amz-security-token')
  expect(request.headers?.authorization).toContain(`Signature=${signatureOf(request)}`)
})

it('a bucket can be part of the path', async () => {
  const request = await listed(s3({ ...options, addressing: 'path' }), '')

  expect(request.url).toMatch(/^https:\/\/s3\.eu-central-1\.amazonaws\.com\/exports\/\?/)
  expect(request.headers?.authorization).toContain(`Signature=${signatureOf(request)}`)
})

it('a listing that goes on without a token is an error, because the files of its later pages would be missing', async () => {
  const { download } = recording(
    '<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>b</NextMarker></ListBucketResult>',
  )
  const store = s3(options).open(sourceContext({ inputs, download }))
  const pages = store.list('in/', new AbortController().signal)[Symbol.asyncIterator]()

  expect(await pages.next()).toEqual({ done: false, value: [] })
  await expect(pages.next()).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining('the list of exports/in/ goes on, and has no token') as string,
  })
})

it('releases the connection of a file that was replaced since it was listed, where the server ignores the condition', async () => {
  const discard = jest.fn()
  const download: HttpDownload = async (request) => ({
    ...(await recording().download(request)),
    headers: { etag: '"2"' },
    discard,
  })
  const store = s3(options).open(sourceContext({ inputs, download }))
  const listed = { name: 'a.csv', bytes: 1, modified: null, version: '"1"' }

  await expect(store.read(listed, new AbortController().signal)).rejects.toThrow(
    'changed while it was being read',
  )
  expect(discard).toHaveBeenCalledTimes(1)
})

it.each([
  [{ bucket: 'Exports/2026' }, 's3: "bucket" must be the name of a bucket'],
  [{ region: 'EU Central' }, 's3: "region" must be a region such as eu-central-1'],
  [{ endpoint: 'https://s3.amazonaws.com' as never }, 's3: "endpoint" must be input(…) or secret(…)'],
])('options that cannot work are faults: %j', (change, fault) => {
  expect(s3({ ...options, ...change }).faults).toEqual([fault])
})
