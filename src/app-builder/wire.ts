import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { JobError } from '../errors'
import { inputsFrom } from '../inputs'
import { findJob } from '../jobs/find-job'
import { createDeadline } from '../pipeline/deadline'
import { openBatchFile } from '../pipeline/staging/batch-file'
import { openTenants, tenantName } from '../state/tenants'
import { clock, http } from './container'
import { readCredentials } from './params/credential-params'
import { invokeAction } from './invoke-action'
import { readServiceUrls, readSettings } from './params/parse-inputs'
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

/**
 * The composition root: action params and platform in, everything a run needs out.
 * @throws JobError `job-unknown`, `input-missing`, `input-invalid`, `needs-reauth`
 */
export async function wire(context: ActionContext, request: RunParams): Promise<RunDependencies> {
  const { params, log, redactor } = context
  const runtime = readRuntime(process.env)
  const urls = readServiceUrls(params)
  const settings = readSettings(params)
  const store = filesStore(urls, runtime)
  const tenants = openTenants(store)
  const tenant = request.tenant === undefined ? null : await linkedTenant(request.tenant, tenants)
  const tenantOrgId = tenant ? { tenantOrgId: tenant.orgId } : {}
  const definition = findJob(context.jobs, request.job)
  const job = tenant ? { ...definition, name: `${definition.name}@${tenantName(tenant.orgId)}` } : definition
  const inputs = inputsFrom({ ...params, ...tenant?.inputs })
  const token = serviceToken({ params, urls, runtime, log, ...tenantOrgId })

  return {
    job,
    source: job.source.open({ ...sourceContext(context), inputs }),
    destination: job.destination.open({
      job: job.name,
      inputs,
      http,
      authorize: () => authorize(token, (value) => redactor.add(value)).catch(markWithdrawn),
      identity: identityOf(readCredentials(params), tenant?.orgId),
      endpoints: urls,
      pace: settings,
      clock,
      log,
    }),
    store,
    settings,
    request,
    clock,
    deadline: createDeadline(runtime.deadline, clock),
    log,
    activation: runtime.activationId,
    scratch: tmpdir(),
    openFile: openBatchFile,
    newId: randomUUID,
    continueLater: async () => {
      const again = { job: definition.name, ...(tenant ? { tenant: tenant.orgId } : {}) }
      await invokeAction(http, runtime, runtime.actionName, again)
    },
  }

  /** From then on nobody asks for this tenant until its admin has consented again. */
  async function markWithdrawn(error: unknown): Promise<never> {
    const withdrawn = error instanceof JobError && error.code === 'needs-reauth'
    if (tenant && withdrawn) await tenants.save({ ...tenant, status: 'needs-reauth' })
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
