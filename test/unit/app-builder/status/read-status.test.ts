import { randomBytes } from 'node:crypto'
import { openGrantStore } from '../../../../src/auth/oauth2'
import { readStatus } from '../../../../src/app-builder/status/read-status'
import { emptyWatch, watchPath } from '../../../../src/alerts/watch-file'
import { TransportError } from '../../../../src/http/http-client'
import { createSealer } from '../../../../src/state/sealer'
import { openTenants } from '../../../../src/state/tenants'
import { errorOf } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { jobWith } from '../../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedReport } from '../../../fixtures/stored-state'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { StateDocument } from '../../../../src/state/state-document'

const day = 24 * 60 * 60_000
const customer = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'

function world() {
  const clock = virtualClock()
  const files = createMemoryBlobStore({ clock })
  const sealer = createSealer(randomBytes(32))
  const jobs = ['orders', 'visits'].map((name) => jobWith({ name }))
  const http = () => Promise.reject(new TransportError('refused', 'no', 'network'))
  const runtime = { apiHost: 'https://host', apiKey: 'u:k', actionName: '/ns/analytics-ingest/job-status' }
  const params = { JWT_CLIENT_ID: 'jwt-client', IMS_OAUTH_S2S_CLIENT_ID: '' }
  const services = { jobs, files, sealer, params, runtime, ims: { clock, http } } as unknown as Parameters<
    typeof readStatus
  >[0]
  function store(job: string, change: Partial<StateDocument> = {}): void {
    const body = Buffer.from(JSON.stringify(storedDocument({ job, ...change })))
    files.files.set(`jobs/${job}/state.json`, { body, etag: '"1"', modifiedAt: clock.now() })
  }
  const grant = (refreshToken: string | null, refreshUntil: number | null) => ({
    ...{ accessToken: 'canary-access', mintedAt: 0, expiresAt: 1, captured: {} },
    ...{ refreshToken, refreshUntil },
  })
  return { clock, files, sealer, services, store, grant }
}

it('a state that cannot be read hides no other', async () => {
  const { services, files, store } = world()
  store('visits', { reports: [storedReport()] })
  files.files.set('jobs/orders/state.json', { body: Buffer.from('{"vers'), etag: '"1"', modifiedAt: 0 })

  const { jobs } = await readStatus(services, {})

  expect(jobs).toMatchObject([
    { job: 'orders', condition: 'unreadable', faults: [expect.stringContaining('state.json') as string] },
    { job: 'visits', condition: 'succeeded' },
  ])
})

it('one job can be asked for, and an unknown one is an error', async () => {
  const { services } = world()

  expect((await readStatus(services, { job: 'visits' })).jobs).toMatchObject([{ job: 'visits' }])
  expect(await errorOf(readStatus(services, { job: 'nothing' }))).toMatchObject({ code: 'job-unknown' })
})

it('the jobs of a tenant have its own states, which are no strays', async () => {
  const { services, clock, store } = world()
  await openTenants(services.files, clock).save({
    ...{ version: 1, orgId: customer, clientId: 'c', linkedAt: 0, status: 'needs-reauth', inputs: {} },
    refusals: { count: 3, firstAt: 0, lastAt: day },
  })
  store(`orders@${customer.slice(0, 24)}`, { reports: [storedReport({ outcome: 'failed' })] })

  const [own, theirs] = [await readStatus(services, {}), await readStatus(services, { tenant: customer })]

  expect(own.jobs).toMatchObject([{ condition: 'never-ran' }, { condition: 'never-ran' }])
  expect(theirs.jobs).toMatchObject([{ job: 'orders', condition: 'failed' }, {}])
  expect(own.strays).toEqual([])
  expect(own.tenants).toMatchObject([{ tenant: customer, status: 'needs-reauth', refusals: 3 }])
})

it('state without a job is listed with the batches that it has not delivered', async () => {
  const { services, store } = world()
  store('orders')
  store('removed', { outbox: [batchIn('staged'), batchIn('confirmed')] })
  store('orders@UNLINKED')

  expect((await readStatus(services, {})).strays).toEqual([
    { job: 'orders@UNLINKED', pendingBatches: 0, pendingRows: 0 },
    { job: 'removed', pendingBatches: 1, pendingRows: 2 },
  ])
})

it('grants that end with their refresh token are shown with that end, and nothing of a token', async () => {
  const { services, files, sealer, clock, grant } = world()
  const store = openGrantStore(files, sealer, clock)
  const ends = { a: null, b: clock.now() + 8 * day, c: clock.now() + 7 * day, d: clock.now() } as const
  for (const [name, end] of Object.entries(ends)) {
    await store(`api/${name}2345678rest`).write({ grant: grant('canary-refresh', end), lock: null }, null)
  }
  await store('api/e').write({ grant: grant(null, null), lock: null }, null)
  files.files.set('grants/api/f', { body: Buffer.from('v1.damaged'), etag: '"1"', modifiedAt: 0 })

  const { grants } = await readStatus(services, {})

  expect(grants).toEqual([
    { grant: 'api/a2345678', status: 'valid', endsAt: null },
    { grant: 'api/b2345678', status: 'valid', endsAt: new Date(ends.b).toISOString() },
    { grant: 'api/c2345678', status: 'expires-soon', endsAt: new Date(ends.c).toISOString() },
    { grant: 'api/d2345678', status: 'expired', endsAt: new Date(ends.d).toISOString() },
    { grant: 'api/f', status: 'unreadable', endsAt: null },
  ])
  expect(JSON.stringify(await readStatus(services, {}))).not.toContain('canary')
})

it('a platform that does not answer leaves the alarms unknown, and hides nothing else', async () => {
  const { services, store } = world()
  store('orders', { reports: [storedReport()] })

  const { jobs, watchdog } = await readStatus(services, { job: 'orders' })

  expect(jobs).toMatchObject([{ condition: 'succeeded', alarm: { kind: 'unknown' } }])
  expect(watchdog).toEqual({ last: null, waiting: 0, next: { kind: 'unknown' } })
})

it('the watchdog’s last tick and its waiting messages come from its file, damaged or not', async () => {
  const { services, files } = world()
  const last = { activation: 'a', endedAt: '2026-11-21T00:00:00.000Z', outcome: 'partial', unwatched: [] }
  const put = (body: string) =>
    files.files.set(watchPath, { body: Buffer.from(body), etag: '"1"', modifiedAt: 0 })
  put(JSON.stringify({ ...emptyWatch('log'), last }))

  expect((await readStatus(services, {})).watchdog).toMatchObject({
    ...{ last: { endedAt: last.endedAt, outcome: 'partial' }, waiting: 0 },
  })
  put('{"version":1,')
  expect((await readStatus(services, {})).watchdog).toMatchObject({ last: 'damaged', waiting: 0 })
})

it('a credential of a kind that Adobe has ended is shown with its end', async () => {
  expect((await readStatus(world().services, {})).credentials).toEqual([
    { kind: 'Service Account (JWT)', clientId: 'jwt-client', endsAt: '2026-03-01T00:00:00.000Z' },
  ])
})
