import { init } from '@adobe/aio-lib-files'
import { startFiles } from '../../../../emulators/app-builder/files'
import { startTvm } from '../../../../emulators/app-builder/tvm'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { FilesEmulator } from '../../../../emulators/app-builder/files'
import type { TvmEmulator } from '../../../../emulators/app-builder/tvm'

const hour = 3_600_000
const clock = virtualClock({ start: Date.UTC(2031, 0, 1) })
let files: FilesEmulator
let tvm: TvmEmulator

beforeAll(async () => {
  files = await startFiles({ now: () => clock.now() })
  tvm = await startTvm(files, { apiKey: 'uuid:key', now: () => clock.now() })
})
afterAll(async () => {
  await tvm.stop()
  await files.stop()
})

const put = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body: 'content', headers: { 'x-ms-blob-type': 'BlockBlob', ...headers } })

async function urlOf(path: string, lifetimeMs = hour): Promise<string> {
  return (await files.grant('container', lifetimeMs)).replace('?', `/${path}?`)
}

it('serves aio-lib-files with a grant of the token vending machine', async () => {
  const client = await init({
    ow: { namespace: '12345-ingest-stage', auth: 'uuid:key' },
    tvm: { apiUrl: tvm.url, cacheFile: '' },
  })

  await client.write('jobs/a/file.txt', 'written by the official client')

  expect((await client.read('jobs/a/file.txt')).toString()).toBe('written by the official client')
  expect(await client.list('jobs/')).toMatchObject([{ name: 'jobs/a/file.txt' }])
})

it.each([
  ['without a signature', async () => (await urlOf('a')).replace(/\?.*/, '')],
  ['with an altered signature', async () => (await urlOf('a')).replace('sp=', 'sp=x')],
  ['with an expired signature', () => urlOf('a', -1000)],
])('answers 403 to a request %s', async (_, url) => {
  const answer = await put(await url())

  expect(answer.status).toBe(403)
  expect(answer.headers.get('x-ms-error-code')).not.toBeNull()
})

it('answers 403 to revoked signatures and accepts later ones', async () => {
  const before = await urlOf('revoked')

  files.revoke()

  expect((await put(before)).status).toBe(403)
  expect((await put(await urlOf('revoked'))).status).toBe(201)
})

it('shows the time of an injected clock in Date and Last-Modified', async () => {
  const url = await urlOf('dated')
  await put(url)
  const modified = new Date(clock.now()).toUTCString()

  await clock.advance(90_000)

  const { headers } = await fetch(url)
  expect(headers.get('last-modified')).toBe(modified)
  expect(headers.get('date')).toBe(new Date(clock.now()).toUTCString())
})

it('applies a write whose answer is cut', async () => {
  const url = await urlOf('answer-lost')
  files.once({ kind: 'cut-after' })

  await expect(put(url, { 'if-none-match': '*' })).rejects.toThrow()

  expect((await put(url, { 'if-none-match': '*' })).status).toBe(409)
})

describe('the token vending machine', () => {
  const ask = (key: string, path = '/azure/blob/12345-ingest-stage') =>
    fetch(tvm.url + path, { headers: { authorization: `Basic ${btoa(key)}` } })

  it('issues a grant until the expiration that it returns', async () => {
    tvm.grantMs = 10 * 60_000

    const grant = (await (await ask('uuid:key')).json()) as { sasURLPrivate: string; expiration: string }

    expect(Date.parse(grant.expiration)).toBe(clock.now() + 10 * 60_000)
    expect((await put(grant.sasURLPrivate.replace('?', '/a?'))).status).toBe(201)
  })

  it.each([
    ['a wrong key', 401, 'uuid:wrong', undefined],
    ['an unknown path', 404, 'uuid:key', '/azure/cosmos/12345-ingest-stage'],
  ])('answers a request with %s with %d', async (_, status, key, path) => {
    expect((await ask(key, path)).status).toBe(status)
  })
})
