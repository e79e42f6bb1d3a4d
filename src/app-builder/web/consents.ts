import { adminConsent } from '../../auth/ims/admin-consent'
import { createIdTokenVerifier } from '../../auth/ims/id-token'
import { imsUrl } from '../../auth/ims/ims-library'
import { JobError } from '../../errors'
import { findJob } from '../../jobs/find-job'
import { openTenants } from '../../state/tenants'
import { clock, http, oncePerContainer } from '../container'
import { readCredentials } from '../params/credential-params'
import { readServiceUrls } from '../params/parse-inputs'
import { readRuntime } from '../params/runtime'
import { sourceContext } from '../source-context'
import { filesStore } from '../storage/stores'
import type { Consent } from '../../auth/consent/consent'
import type { Invitation } from '../../auth/consent/invitations'
import type { VerifyIdToken } from '../../auth/ims/id-token'
import type { ActionContext } from '../define-action'

/** Keeps the keys of IMS, and how often they are fetched, for the life of the container. */
const verifiers = oncePerContainer<VerifyIdToken>()

/** @throws JobError `input-missing`, `job-unknown`, `params-invalid` */
export async function findConsent(context: ActionContext, { to, inputs }: Invitation): Promise<Consent> {
  return to === 'adobe' ? adobeConsent(context, inputs) : sourceConsent(context, to)
}

async function adobeConsent({ params }: ActionContext, inputs: Invitation['inputs']): Promise<Consent> {
  const urls = readServiceUrls(params)
  const { enterpriseWebApp: credential } = readCredentials(params)
  if ('missing' in credential) throw notConfigured(credential.missing)
  const keysUrl = await imsUrl(urls.ims, '/ims/keys')
  const tenants = openTenants(filesStore(urls, readRuntime(process.env)))
  return adminConsent({
    consentUrl: urls.consent,
    credential,
    verify: verifiers([keysUrl], () => createIdTokenVerifier(keysUrl, http, clock)),
    async link(orgId) {
      // Who consents again keeps the inputs of the first time, but for what the new invitation says.
      const before = await tenants.find(orgId)
      await tenants.save({
        version: 1,
        orgId,
        clientId: credential.clientId,
        linkedAt: clock.now(),
        status: 'linked',
        inputs: { ...before?.inputs, ...inputs },
      })
    },
  })
}

function sourceConsent(context: ActionContext, name: string): Consent {
  const consent = findJob(context.jobs, name).source.consent?.(sourceContext(context))
  if (consent) return consent
  throw new JobError(
    'params-invalid',
    `The source of the job "${name}" asks nobody for consent.`,
    'Invite to `adobe`, or to a job whose source uses OAUTH2_AUTHORIZATION_CODE.',
  )
}

function notConfigured(missing: readonly string[]): JobError {
  return new JobError(
    'input-missing',
    `The Enterprise Web App credential is not set: ${missing.join(', ')}.`,
    'Set IMS_ADMIN_CLIENT_ID, _CLIENT_SECRET and _SCOPES in .env and deploy again.',
  )
}
