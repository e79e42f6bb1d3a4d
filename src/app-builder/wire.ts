import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { JobError } from '../errors'
import { inputsFrom } from '../inputs'
import { foreignText } from '../http/foreign-text'
import { findJob } from '../jobs/find-job'
import { openJob } from '../jobs/open-job'
import { createDeadline } from '../pipeline/deadline'
import { openTenants, tenantName } from '../state/tenants'
import { clock, http } from './container'
import { readCredentials } from './params/credential-params'
import { invokeAction } from './invoke-action'
import { readDeliverySettings, readServiceUrls, readSettings } from './params/parse-inputs'
import { readRuntime } from './params/runtime'
import { identityOf, serviceToken } from './service-token'
import { sourceContext } from './source-context'
import { filesStore } from './storage/stores'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Authorization } from '../destinations/destination'
import type { RunDependencies } from '../pipeline/run-context'
import type { Tenant, Tenants } from '../state/tenants'
import type { ActionContext } from './define-action'
import type { RunParams } from './params/run-params'

/** What the state of a job can be read with. */
export async function wireState(context: ActionContext, { job: name, tenant: orgId }: RunParams) {
  const { params, jobs } = context
  const store = filesStore(readServiceUrls(params), readRuntime(process.env))
  const tenant = orgId === undefined ? null : await linkedTenant(orgId, openTenants(store))
  const definition = findJob(jobs, name)
  const job = tenant ? { ...definition, name: `${definition.name}@${tenantName(tenant.orgId)}` } : definition
  return { job, definition, tenant, store, clock, settings: readSettings(params, jobs) }
}

/**
 * The composition root: action params and platform in, everything a run needs out.
 * @throws JobError `job-unknown`, `job-invalid`, `input-missing`, `input-invalid`, `needs-reauth`
 */
export async function wire(context: ActionContext, request: RunParams): Promise<RunDependencies> {
  const { params, log, redactor } = context
  const { job, definition, tenant, store, settings } = await wireState(context, request)
  openJob(job)
  const runtime = readRuntime(process.env)
  const urls = readServiceUrls(params)
  const inputs = inputsFrom({ ...params, ...tenant?.inputs }, redactor.add)
  const tenantOrgId = tenant ? { tenantOrgId: tenant.orgId } : {}
  const token = serviceToken({ params, urls, runtime, log, ...tenantOrgId })

  return {
    job,
    source: job.source.open({ ...sourceContext(context), inputs }),
    destination: job.destination.open({
      job: job.name,
      inputs,
      http,
      authorize: () => authorize(token, redactor.add).catch(markWithdrawn),
      credential: identityOf(readCredentials(params), tenant?.orgId),
      endpoints: urls,
      settings: readDeliverySettings(params),
      clock,
      log,
    }),
    store,
    settings,
    command: request,
    clock,
    deadline: createDeadline(runtime.deadline, clock),
    log,
    activation: runtime.activationId,
    scratch: tmpdir(),
    redact: (text) => foreignText(text, { redact: redactor.text }),
    newId: randomUUID,
    invokeSelf: async () => {
      const again = { job: definition.name, ...(tenant ? { tenant: tenant.orgId } : {}) }
      await invokeAction(http, runtime, runtime.actionName, again)
    },
  }

  /** From then on nobody asks for this tenant until its admin has consented again. */
  async function markWithdrawn(error: unknown): Promise<never> {
    const withdrawn = error instanceof JobError && error.code === 'needs-reauth'
    if (tenant && withdrawn) await openTenants(store).save({ ...tenant, status: 'needs-reauth' })
    throw error
  }
}

async function linkedTenant(orgId: string, tenants: Tenants): Promise<Tenant> {
  const tenant = await tenants.find(orgId)
  if (tenant?.status === 'linked') return tenant
  throw new JobError(
    'needs-reauth',
    tenant ? `${orgId} has withdrawn its consent.` : `${orgId} is not linked.`,
    'Send an admin of the organisation a link: aio rt action invoke analytics-ingest/connect --param invite adobe --result',
  )
}

async function authorize(
  token: CachedTokenProvider,
  learn: (secret: string) => void,
): Promise<Authorization> {
  const current = await token()
  learn(current.value)
  return {
    headers: { authorization: `Bearer ${current.value}`, 'x-api-key': current.clientId },
    drop: () => token.drop(current),
  }
}
