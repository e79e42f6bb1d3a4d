import { openTenants } from '../../../src/state/tenants'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Tenant } from '../../../src/state/tenants'
import type { BlobFate } from '../../fixtures/memory-blob-store'

const hour = 3_600_000
const minute = 60_000

let now: number
let fault: () => BlobFate
let store: ReturnType<typeof createMemoryBlobStore>
beforeEach(() => {
  now = Date.UTC(2026, 10, 21)
  fault = () => 'ok'
  store = createMemoryBlobStore({
    clock: { now: () => now },
    fault: ({ kind }) => (kind === 'write' ? fault() : 'ok'),
  })
})

const tenantOf = (letter: string): Tenant => ({
  version: 1,
  orgId: `${letter.repeat(24)}@AdobeOrg`,
  clientId: 'partner',
  linkedAt: now,
  status: 'linked',
  refusals: null,
  inputs: { ANALYTICS_REPORT_SUITE: 'theirs' },
})
const tenants = () => openTenants(store, virtualClock({ leap: true }))

async function refusedEvery(ms: number, times: number): Promise<Tenant['status'][]> {
  const seen: Tenant['status'][] = []
  for (let time = 0; time < times; time += 1) {
    seen.push(await tenants().noteRefusal(tenantOf('A').orgId))
    now += ms
  }
  return seen
}

it('a tenant counts as withdrawn after three refusals over three hours, not before', async () => {
  await tenants().save(tenantOf('A'))

  expect(await refusedEvery(1.5 * hour, 3)).toEqual(['linked', 'linked', 'needs-reauth'])
  expect(await tenants().find(tenantOf('A').orgId)).toMatchObject({ status: 'needs-reauth' })
})

it.each([
  ['one hour', { every: minute, times: 60, counted: 2 }],
  ['three hours', { every: 40 * minute, times: 5, counted: 5 }],
])('any number of refusals within %s unlinks no tenant', async (_time, { every, times, counted }) => {
  await tenants().save(tenantOf('A'))

  expect(new Set(await refusedEvery(every, times))).toEqual(new Set(['linked']))
  expect(await tenants().find(tenantOf('A').orgId)).toMatchObject({ refusals: { count: counted } })
})

it('a token that is minted in between resets the count', async () => {
  await tenants().save(tenantOf('A'))
  await refusedEvery(2 * hour, 2)
  await tenants().noteGranted(tenantOf('A').orgId)

  expect(await refusedEvery(2 * hour, 2)).toEqual(['linked', 'linked'])
})

it.each(['lost-before', 'lost-after', 'conflict'] as const)(
  'a refusal is counted once where its write is %s',
  async (what) => {
    await tenants().save(tenantOf('A'))
    fault = () => what
    const noted = tenants().noteRefusal(tenantOf('A').orgId)
    await Promise.resolve()
    setImmediate(() => (fault = () => 'ok'))
    await noted.catch(() => undefined)
    fault = () => 'ok'
    await tenants().noteRefusal(tenantOf('A').orgId)

    expect(await tenants().find(tenantOf('A').orgId)).toMatchObject({ refusals: { count: 1 } })
  },
)

it('a change is applied to the version that another writer has saved meanwhile', async () => {
  await tenants().save(tenantOf('A'))
  const relinked = { ...tenantOf('A'), inputs: { ANALYTICS_REPORT_SUITE: 'another' } }
  const [[path = ''] = []] = store.files
  fault = () => {
    fault = () => 'ok'
    store.files.set(path, { body: Buffer.from(JSON.stringify(relinked)), etag: '"theirs"', modifiedAt: now })
    return 'ok'
  }
  await tenants().noteRefusal(relinked.orgId)

  const refusals = { count: 1, firstAt: now, lastAt: now }
  expect(await tenants().find(relinked.orgId)).toEqual({ ...relinked, refusals })
})

it('a damaged file is listed as unreadable beside the others', async () => {
  await tenants().save(tenantOf('A'))
  await tenants().save(tenantOf('C'))
  const path = `tenants/${'B'.repeat(24)}.json`
  await store.write(path, Buffer.from('{"version":1'), { ifAbsent: true })

  expect(await tenants().list()).toMatchObject([
    { kind: 'tenant', tenant: { orgId: tenantOf('A').orgId } },
    { kind: 'unreadable', path, error: { code: 'state-corrupt' } },
    { kind: 'tenant', tenant: { orgId: tenantOf('C').orgId } },
  ])
})

it('a file that was moved from one tenant to another is damaged', async () => {
  await store.write(`tenants/${'B'.repeat(24)}.json`, Buffer.from(JSON.stringify(tenantOf('A'))), {
    ifAbsent: true,
  })

  await expect(tenants().find(tenantOf('B').orgId)).rejects.toMatchObject({ code: 'state-corrupt' })
})

it('a damaged file is replaced where the organisation is linked again', async () => {
  await store.write(`tenants/${'A'.repeat(24)}.json`, Buffer.from('{'), { ifAbsent: true })
  await tenants().save(tenantOf('A'))

  expect(await tenants().find(tenantOf('A').orgId)).toEqual(tenantOf('A'))
})
