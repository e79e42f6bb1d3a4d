import type { Removal } from './removal'

/** Linked organisations. */
export const tenantRemovals: readonly Removal[] = [
  {
    safeguard: 'a run for a tenant that ended partial is not reported as success',
    file: 'src/app-builder/run-for-tenants.ts',
    find: "return outcomes.includes('partial') ? 'tenants-partial' : null",
    replace: "return outcomes.includes('') ? 'tenants-partial' : null",
  },
  {
    safeguard: 'a run for a tenant that has not ended is not reported as success',
    file: 'src/app-builder/run-for-tenants.ts',
    find: " || outcomes.includes('running')",
    replace: '',
  },
  {
    safeguard: 'a failure of one tenant does not stop the others',
    file: 'src/app-builder/run-for-tenants.ts',
    find: '.catch(noteFailure(file, found, log))',
    replace: '',
  },
  {
    safeguard: 'no run is started for a tenant that has withdrawn its consent',
    file: 'src/app-builder/run-for-tenants.ts',
    find: "if (status !== 'linked') {",
    replace: "if (status !== 'linked' && orgId === '') {",
  },
  {
    safeguard: 'a run for a tenant that would not end in time is postponed',
    file: 'src/app-builder/run-for-tenants.ts',
    find: 'if (patienceMs <= 0) {',
    replace: 'if (patienceMs <= -Infinity) {',
  },
  {
    safeguard: 'no tenant is always the last',
    file: 'src/app-builder/run-for-tenants.ts',
    find: 'shuffled(await openTenants(files, ims.clock).list(), ims.random)',
    replace: 'shuffled(await openTenants(files, ims.clock).list(), () => 1 - Number.EPSILON)',
  },
  {
    safeguard: "a tenant's rows go to a target of its own",
    file: 'src/app-builder/tenant.ts',
    find: "if (own === undefined || own === '') throw",
    replace: "if (own === undefined && name === '') throw",
  },
  {
    safeguard: "a tenant's rows do not go to the target of the app",
    file: 'src/app-builder/tenant.ts',
    find: 'if (own === params[name]) throw',
    replace: "if (own === params[name] && own === '') throw",
  },
  {
    safeguard: 'the organisation of the app is no tenant',
    file: 'src/app-builder/tenant.ts',
    find: 'if (ownOrgIds(params).includes(tenant.orgId)) throw ownOrganisation',
    replace: '',
  },
  {
    safeguard: 'a tenant that is not linked has no runs',
    file: 'src/app-builder/tenant.ts',
    find: "if (tenant?.status === 'linked') return tenant",
    replace: 'if (tenant) return tenant',
  },
  {
    safeguard: 'state of one tenant is apart from that of others',
    file: 'src/app-builder/tenant.ts',
    find: 'name: `${job.name}@${tenantName(orgId)}`',
    replace: 'name: `${job.name}${tenantName(orgId).slice(0, 0)}`',
  },
  {
    safeguard: 'an invitation for one organisation links no other',
    file: 'src/app-builder/web/consents.ts',
    find: 'if (invited.orgId !== null && invited.orgId !== orgId) throw otherOrganisation',
    replace: '',
  },
  {
    safeguard: 'the organisation of the app is not linked',
    file: 'src/app-builder/web/consents.ts',
    find: 'if (ownOrgIds(params).includes(orgId)) throw ownOrganisation',
    replace: '',
  },
  {
    safeguard: 'an organisation without a target is not linked',
    file: 'src/app-builder/web/consents.ts',
    find: 'if (!namesDestination(jobs, inputs)) throw noDestination\n      await',
    replace: 'await',
  },
  {
    safeguard: 'an outage of IMS is no withdrawal of a consent',
    file: 'src/state/tenants.ts',
    find: 'if (refusals && now - refusals.lastAt < withdrawnAfter.apartMs) return null',
    replace: '',
  },
  {
    safeguard: 'a consent is withdrawn after hours of refusals only',
    file: 'src/state/tenants.ts',
    find: 'now - firstAt >= withdrawnAfter.ms',
    replace: 'now - firstAt >= 0',
  },
  {
    safeguard: 'the file of a tenant belongs to its organisation',
    file: 'src/state/tenants.ts',
    find: 'if (pathOf(tenant.orgId) === path) return tenant',
    replace: "if (path !== '') return tenant",
  },
]
