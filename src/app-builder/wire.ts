import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { findJob } from '../jobs/find-job'
import { createDeadline } from '../pipeline/deadline'
import { openBatchFile } from '../pipeline/staging/batch-file'
import { openTenants } from '../state/tenants'
import { readSettings } from './params/parse-inputs'
import { identityOf, serviceToken } from './service-token'
import { sourceContext } from './source-context'
import { assertOwnDestination, jobOfTenant, linkedTenant, watchingConsent } from './tenant'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Authorization } from '../destinations/destination'
import type { RunDependencies } from '../pipeline/run-context'
import type { Platform } from './platform'
import type { RunParams } from './params/run-params'

/**
 * Everything a run needs, from the platform and what was asked.
 * @throws JobError `job-unknown`, `params-invalid`, `input-missing`, `input-invalid`, `needs-reauth`
 */
export async function wire(platform: Platform, request: RunParams): Promise<RunDependencies> {
  const { params, log, runtime, urls, files, ims } = platform
  const settings = readSettings(params)
  const definition = findJob(platform.jobs, request.job)
  const tenants = openTenants(files)
  const tenant = request.tenant === undefined ? null : await linkedTenant(request.tenant, tenants)
  if (tenant) assertOwnDestination(definition, tenant, params)
  const job = tenant ? jobOfTenant(definition, tenant) : definition
  const inputs = platform.inputsOf(tenant?.inputs)
  const service = serviceToken(platform, tenant?.orgId)
  const token = tenant ? watchingConsent(service, tenant, tenants) : service

  return {
    job,
    source: job.source.open(sourceContext(platform, inputs)),
    destination: job.destination.open({
      job: job.name,
      inputs,
      http: ims.http,
      authorize: () => authorize(token),
      identity: identityOf(platform.credentials, tenant?.orgId),
      endpoints: urls,
      pace: settings,
      clock: ims.clock,
      log,
    }),
    store: files,
    settings,
    request,
    clock: ims.clock,
    deadline: createDeadline(runtime.deadline, ims.clock),
    log,
    activation: runtime.activationId,
    scratch: tmpdir(),
    openFile: openBatchFile,
    newId: randomUUID,
    continueLater: async () => {
      await platform.invoke('run-job', { job: definition.name, ...(tenant ? { tenant: tenant.orgId } : {}) })
    },
  }
}

async function authorize(token: CachedTokenProvider): Promise<Authorization> {
  const current = await token()
  return {
    headers: { authorization: `Bearer ${current.value}`, 'x-api-key': current.clientId },
    drop: () => token.drop(current),
  }
}
