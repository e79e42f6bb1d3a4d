import { TokenRefused } from '../auth/token-refused'
import { JobError } from '../errors'
import { readOrgId, requireOrgId } from '../org-id'
import { tenantName } from '../state/tenants'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Job } from '../definition/job'
import type { Tenant, Tenants } from '../state/tenants'
import type { ActionParams } from './platform'

/**
 * The tenant that a run is for.
 * @throws JobError `params-invalid`, `needs-reauth`, `state-corrupt`
 */
export async function linkedTenant(parameter: string, tenants: Tenants): Promise<Tenant> {
  const orgId = requireOrgId(parameter, 'tenant')
  const tenant = await tenants.find(orgId)
  if (tenant?.status === 'linked') return tenant
  throw needsReauth(orgId, tenant ? 'has withdrawn its consent' : 'is not linked')
}

/** The job under a name of one tenant, so that all of its state belongs to that tenant. */
export function jobOfTenant(job: Job, { orgId }: Tenant): Job {
  return { ...job, name: `${job.name}@${tenantName(orgId)}` }
}

/**
 * A customer's rows must go to a destination that the customer named, never to the app's own.
 * @throws JobError `input-missing`, `input-invalid`
 */
export function assertOwnDestination({ destination }: Job, tenant: Tenant, params: ActionParams): void {
  if (ownOrgIds(params).includes(tenant.orgId)) throw ownOrganisation
  for (const { name } of destination.inputs) {
    const own = tenant.inputs[name]
    if (own === undefined || own === '') throw notItsOwn('input-missing', tenant, name, 'has none of its own')
    if (own === params[name]) throw notItsOwn('input-invalid', tenant, name, 'has that of this app')
  }
}

/** Organisations that this app itself belongs to: no consent is needed for them. */
export function ownOrgIds(params: ActionParams): readonly string[] {
  const { IMS_OAUTH_S2S_ORG_ID: org, JWT_IMS_ORG: jwtOrg, __ims_oauth_s2s: annotated } = params
  const annotatedOrg = typeof annotated === 'object' && annotated && 'org_id' in annotated && annotated.org_id
  return [org, jwtOrg, annotatedOrg].flatMap((text) =>
    typeof text === 'string' ? (readOrgId(text) ?? []) : [],
  )
}

export const ownOrganisation = new JobError(
  'params-invalid',
  'The organisation is the one that this app belongs to: as a tenant, its rows would be sent twice.',
  'Run the job without `tenant`.',
)

/**
 * Counts refusals that indicate withdrawn consent, until a token is minted. After enough of them over hours, no token
 * is requested for this tenant until its admin has consented again.
 */
export function watchingConsent(
  token: CachedTokenProvider,
  tenant: Tenant,
  tenants: Tenants,
): CachedTokenProvider {
  let refusals = tenant.refusals !== null
  async function watched() {
    try {
      const minted = await token()
      if (refusals) await tenants.noteGranted(tenant.orgId)
      refusals = false
      return minted
    } catch (error) {
      if (!(error instanceof TokenRefused) || error.refusal.meaning !== 'withdrawn') throw error
      refusals = true
      const status = await tenants.noteRefusal(tenant.orgId)
      throw status === 'linked' ? error : needsReauth(tenant.orgId, 'has withdrawn its consent')
    }
  }
  return Object.assign(watched, { drop: token.drop.bind(token) })
}

function needsReauth(orgId: string, what: string): JobError {
  return new JobError(
    'needs-reauth',
    `${orgId} ${what}.`,
    `Send an admin of the organisation a link: aio rt action invoke analytics-ingest/connect --param invite adobe --param org ${orgId} --result`,
    { details: { orgId } },
  )
}

function notItsOwn(code: 'input-missing' | 'input-invalid', { orgId }: Tenant, name: string, what: string) {
  return new JobError(
    code,
    `${orgId} ${what}: ${name}.`,
    `Invite its admin again, with the input: --param invite adobe --param org ${orgId} --param inputs '{"${name}":"…"}'`,
    { details: { orgId, input: name } },
  )
}
