import { assertOwnDestination, jobOfTenant, linkedTenant } from '../../../src/app-builder/tenant'
import { openTenants } from '../../../src/state/tenants'
import { errorThrownBy } from '../../fixtures/error-of'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Job } from '../../../src/definition/job'
import type { Tenant } from '../../../src/state/tenants'

const tenantOf = (digit: string, change: Partial<Tenant> = {}): Tenant => ({
  ...{ version: 1, orgId: `${digit.repeat(24)}@AdobeOrg`, clientId: 'partner', linkedAt: 0 },
  ...{ status: 'linked', refusals: null, inputs: { ANALYTICS_REPORT_SUITE: 'theirs' } },
  ...change,
})
const theirs = tenantOf('A')

const job = {
  name: 'orders',
  destination: { inputs: [{ kind: 'input', name: 'ANALYTICS_REPORT_SUITE' }] },
} as unknown as Job

describe('the destination of a tenant', () => {
  const params = { ANALYTICS_REPORT_SUITE: 'ours', IMS_OAUTH_S2S_ORG_ID: `${'B'.repeat(24)}@AdobeOrg` }

  it('is one that the tenant has named', () => {
    expect(() => assertOwnDestination(job, theirs, params)).not.toThrow()
  })

  it.each<[string, Tenant, string]>([
    ['is missing', { ...theirs, inputs: {} }, 'input-missing'],
    ['is empty', { ...theirs, inputs: { ANALYTICS_REPORT_SUITE: '' } }, 'input-missing'],
    ['is that of the app', { ...theirs, inputs: { ANALYTICS_REPORT_SUITE: 'ours' } }, 'input-invalid'],
    ['belongs to the organisation of the app', tenantOf('B'), 'params-invalid'],
  ])('is refused where it %s', (_what, tenant, code) => {
    expect(errorThrownBy(() => assertOwnDestination(job, tenant, params))).toMatchObject({ code })
  })
})

it('only a linked organisation has runs', async () => {
  const clock = virtualClock()
  const tenants = openTenants(createMemoryBlobStore({ clock }), clock)
  const withdrawn = tenantOf('C', { status: 'needs-reauth' })
  await tenants.save(theirs)
  await tenants.save(withdrawn)

  expect(await linkedTenant(theirs.orgId, tenants)).toEqual(theirs)
  await expect(linkedTenant(withdrawn.orgId, tenants)).rejects.toMatchObject({ code: 'needs-reauth' })
  await expect(linkedTenant(tenantOf('D').orgId, tenants)).rejects.toMatchObject({ code: 'needs-reauth' })
})

it('a job has a name, and so a state, of its own for each tenant', () => {
  const names = [theirs, tenantOf('C')].map((tenant) => jobOfTenant(job, tenant).name)

  expect(names).toEqual([`orders@${'A'.repeat(24)}`, `orders@${'C'.repeat(24)}`])
})
