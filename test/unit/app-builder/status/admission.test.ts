import { randomBytes } from 'node:crypto'
import { admitViewer, assertOwnOrigin } from '../../../../src/app-builder/status/admission'
import { createSealer } from '../../../../src/state/sealer'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { errorOf, errorThrownBy } from '../../../fixtures/error-of'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Platform } from '../../../../src/app-builder/platform'
import type { WebRequest } from '../../../../src/app-builder/web/web-request'

const clock = virtualClock()
const sealer = createSealer(randomBytes(32))

function platformAt(apiHost: string, change: Partial<Platform> = {}): Platform {
  const runtime = { apiHost, namespace: 'ns', actionName: '/ns/analytics-ingest/job-status' }
  const files = createMemoryBlobStore({ clock })
  return { runtime, sealer, files, ims: { clock }, params: {}, ...change } as unknown as Platform
}
const local = platformAt('http://127.0.0.1:4000')
const hosted = platformAt('https://adobeioruntime.net')

function requestWith(headers: Readonly<Record<string, string>>): WebRequest {
  return { method: 'get', path: '', query: new URLSearchParams(), headers, body: '' }
}
const host = '127.0.0.1:4000'
const orgId = `${'A'.repeat(24)}@AdobeOrg`

it.each([
  ['by the address bar', { host, 'sec-fetch-site': 'none' }],
  ['by a link on the page itself', { host: 'localhost:4000', 'sec-fetch-site': 'same-origin' }],
  ['as a program', { host: '[::1]:4000' }],
])('the local platform admits a browser that comes %s without a login', async (_what, headers) => {
  expect(await admitViewer(local, requestWith(headers))).toMatchObject({ kind: 'session', fresh: true })
})

it.each<[string, Platform, Readonly<Record<string, string>>]>([
  ['the platform is a hosted one, whatever the caller says', hosted, { host, 'x-forwarded-host': host }],
  ['the browser came by another name of the machine', local, { host: 'rebound.example:4000' }],
  ['another site asks', local, { host, 'sec-fetch-site': 'cross-site' }],
  ['another host of the domain asks', local, { host, 'sec-fetch-site': 'same-site' }],
  [
    'another origin asks in a browser without fetch metadata',
    local,
    { host, origin: 'https://evil.example' },
  ],
  ['no host is named', local, {}],
  ['there is no key to seal a session with', platformAt(local.runtime.apiHost, { sealer: null }), { host }],
  ['a session is forged', hosted, { host, cookie: '__Host-analytics-ingest-status=v1.Zm9yZ2Vk' }],
])('nobody is admitted without a login where %s', async (_what, platform, headers) => {
  expect(await errorOf(admitViewer(platform, requestWith(headers)))).toMatchObject({
    code: 'caller-unauthorized',
  })
})

it.each([
  ['is not readable', 'Bearer of-nobody'],
  ['is of another scheme', 'Basic c29tZTpib2R5'],
])('a program is not admitted whose token %s', async (_what, authorization) => {
  const platform = platformAt(hosted.runtime.apiHost, {
    params: { IMS_OAUTH_S2S_CLIENT_ID: 'app', IMS_OAUTH_S2S_ORG_ID: orgId },
    ims: { clock, baseUrl: 'https://ims.example' } as unknown as Platform['ims'],
  })
  const request = requestWith({ authorization, 'x-gw-ims-org-id': orgId })

  expect(await errorOf(admitViewer(platform, request))).toMatchObject({ code: 'caller-unauthorized' })
})

it('a hosted page takes the session from its host-bound cookie only', async () => {
  const viewer = await admitViewer(local, requestWith({ host }))
  const cookie = viewer.kind === 'session' ? viewer.session.cookie : ''
  const asked = (name: string) => admitViewer(hosted, requestWith({ cookie: `${name}=${cookie}` }))

  expect(await asked('__Host-analytics-ingest-status')).toMatchObject({ kind: 'session', fresh: false })
  expect(await errorOf(asked('analytics-ingest-status'))).toMatchObject({ code: 'caller-unauthorized' })
})

it('a form counts with the origin of the page alone', () => {
  const check = (headers: Readonly<Record<string, string>>) => () =>
    assertOwnOrigin(hosted, requestWith(headers))

  expect(check({ origin: 'https://ns.adobeioruntime.net' })).not.toThrow()
  for (const headers of [{}, { origin: 'null' }, { origin: 'https://other.adobeioruntime.net' }]) {
    expect(errorThrownBy(check(headers as Record<string, string>))).toMatchObject({
      code: 'caller-forbidden',
    })
  }
})
