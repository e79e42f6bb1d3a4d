import { adminConsent } from '../../auth/ims/admin-consent'
import { createIdTokenVerifier } from '../../auth/ims/id-token'
import { imsUrl } from '../../auth/ims/ims-library'
import { JobError } from '../../errors'
import { findJob } from '../../definition/find-job'
import { openTenants } from '../../state/tenants'
import { oncePerContainer } from '../container'
import { sourceContext } from '../source-context'
import { ownOrganisation, ownOrgIds } from '../tenant'
import type { Consent } from '../../auth/consent/consent'
import type { Invitation } from '../../auth/consent/invitations'
import type { VerifyIdToken } from '../../auth/ims/id-token'
import type { Job } from '../../definition/job'
import type { Tenants } from '../../state/tenants'
import type { Platform } from '../platform'

/** Caches the keys of IMS, and the times at which they were fetched, for the life of the container. */
const verifiers = oncePerContainer<VerifyIdToken>()

/** @throws JobError `input-missing`, `job-unknown`, `params-invalid` */
export async function findConsent(platform: Platform, invitation: Invitation): Promise<Consent> {
  return invitation.to === 'adobe'
    ? adobeConsent(platform, invitation)
    : sourceConsent(platform, invitation.to)
}

async function adobeConsent(platform: Platform, invited: Invitation): Promise<Consent> {
  const { jobs, urls, ims, files, params } = platform
  const { enterpriseWebApp: credential } = platform.credentials
  if ('missing' in credential) throw notConfigured(credential.missing)
  const keysUrl = await imsUrl(urls.ims, '/ims/keys')
  const tenants = openTenants(files, ims.clock)
  return adminConsent({
    consentUrl: urls.consent,
    credential,
    verify: verifiers([keysUrl], () => createIdTokenVerifier(keysUrl, ims.http, ims.clock)),
    async link(orgId, use) {
      if (invited.orgId !== null && invited.orgId !== orgId) throw otherOrganisation
      if (ownOrgIds(params).includes(orgId)) throw ownOrganisation
      // Consent that is given again merges inputs; the new invitation wins.
      const inputs = { ...(await inputsOf(tenants, orgId)), ...invited.inputs }
      if (!namesDestination(jobs, inputs)) throw noDestination
      await use()
      await tenants.save({
        version: 1,
        orgId,
        clientId: credential.clientId,
        linkedAt: ims.clock.now(),
        status: 'linked',
        refusals: null,
        inputs,
      })
    },
  })
}

/**
 * An organisation needs a destination of its own, named by this invitation or an earlier one. The error goes to the
 * person who invites, or to the one who consents where the organisation is not known before.
 * @throws JobError `params-invalid`
 */
export async function assertOwnDestination(
  { jobs, files, ims }: Pick<Platform, 'jobs' | 'files' | 'ims'>,
  orgId: string,
  inputs: Invitation['inputs'],
): Promise<void> {
  const known = await inputsOf(openTenants(files, ims.clock), orgId)
  if (!namesDestination(jobs, { ...known, ...inputs })) throw noDestination
}

/** The inputs of an earlier invitation; none from a file that cannot be read, because it is replaced. */
async function inputsOf(tenants: Tenants, orgId: string): Promise<Invitation['inputs']> {
  try {
    return (await tenants.find(orgId))?.inputs ?? {}
  } catch (error) {
    if (error instanceof JobError && error.code === 'state-corrupt') return {}
    throw error
  }
}

/** True where some job could write for a tenant with these inputs. */
function namesDestination(jobs: readonly Job[], inputs: Invitation['inputs']): boolean {
  return jobs.some(({ destination }) => destination.inputs.every(({ name }) => (inputs[name] ?? '') !== ''))
}

function sourceConsent(platform: Platform, name: string): Consent {
  const consent = findJob(platform.jobs, name).source.consent?.(sourceContext(platform, platform.inputsOf()))
  if (consent) return consent
  throw new JobError('params-invalid', `The source of the job "${name}" needs no consent.`, askOperator)
}

function notConfigured(missing: readonly string[]): JobError {
  return new JobError(
    'input-missing',
    `The Enterprise Web App credential is not set: ${missing.join(', ')}.`,
    'Set IMS_ADMIN_CLIENT_ID, _CLIENT_SECRET and _SCOPES in .env and deploy again.',
  )
}

const askOperator = 'Ask the sender of the link for a new one.'

const otherOrganisation = new JobError(
  'consent-invalid',
  'The invitation is for another organisation. Nothing was linked.',
  askOperator,
)

const noDestination = new JobError(
  'params-invalid',
  'The organisation would have no report suite of its own: the invitation names none. Nothing was linked.',
  `Invite with the input that says where the rows go: --param inputs '{"ANALYTICS_REPORT_SUITE":"their-suite"}'`,
)
