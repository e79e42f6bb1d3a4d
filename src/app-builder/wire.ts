import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { findJob } from '../definition/find-job'
import { withMapInputs } from '../definition/map-inputs'
import { openJob } from '../definition/open-job'
import { createDeadline } from '../pipeline/deadline'
import { openEnrichment } from '../pipeline/joins/enrichment'
import { openTenants } from '../state/tenants'
import { readDeliverySettings, readSettings } from './params/parse-inputs'
import { identityOf, serviceToken } from './service-token'
import { sourceContext } from './source-context'
import { assertOwnDestination, jobOfTenant, linkedTenant, watchingConsent } from './tenant'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Authorization } from '../destinations/destination'
import type { RunDependencies } from '../pipeline/run-context'
import type { Platform } from './platform'
import type { RunParams } from './params/run-params'

/** The dependencies for reading the state of a job. Opens neither its source nor its destination. */
export async function wireState(platform: Platform, request: Pick<RunParams, 'job' | 'tenant'>) {
  const { files: store, ims, params, jobs } = platform
  const definition = findJob(jobs, request.job)
  const tenants = openTenants(store, ims.clock)
  const tenant = request.tenant === undefined ? null : await linkedTenant(request.tenant, tenants)
  const job = tenant ? jobOfTenant(definition, tenant) : definition
  const settings = readSettings(params, jobs)
  return { job, definition, tenant, tenants, store, settings, clock: ims.clock }
}

/**
 * The state of a job and its destination; the source stays closed.
 * @throws JobError `job-unknown`, `job-invalid`, `params-invalid`, `input-missing`, `input-invalid`, `needs-reauth`
 */
export async function wireDestination(platform: Platform, request: Pick<RunParams, 'job' | 'tenant'>) {
  const { params, urls, ims, redactor } = platform
  const wired = await wireState(platform, request)
  const { job, definition, tenant, tenants, clock } = wired
  openJob(job)
  if (tenant) assertOwnDestination(definition, tenant, params)
  const inputs = platform.inputsOf(tenant?.inputs)
  const service = serviceToken(platform, tenant?.orgId)
  const token = tenant ? watchingConsent(service, tenant, tenants) : service
  const destination = job.destination.open({
    job: job.name,
    inputs,
    http: ims.http,
    authorize: () => authorize(token),
    credential: identityOf(platform.credentials, tenant?.orgId),
    endpoints: urls,
    settings: readDeliverySettings(params),
    clock,
    redact: redactor.text,
  })
  return { ...wired, inputs, token, destination }
}

/**
 * The dependencies of a run, from the platform and the request.
 * @throws JobError `job-unknown`, `job-invalid`, `params-invalid`, `input-missing`, `input-invalid`, `needs-reauth`
 */
export async function wire(platform: Platform, request: RunParams): Promise<RunDependencies> {
  const { log, runtime, redactor } = platform
  const { job, definition, tenant, store, settings, clock, destination, inputs } = await wireDestination(
    platform,
    request,
  )

  const context = sourceContext(platform, inputs)
  return {
    job: withMapInputs(job, inputs),
    source: job.source.open(context),
    enrichment: openEnrichment(job, (source) => source.open(context)),
    destination,
    store,
    settings,
    command: request,
    clock,
    deadline: createDeadline(runtime.deadline, clock),
    log,
    activation: runtime.activationId,
    scratch: tmpdir(),
    redact: redactor.text,
    newId: randomUUID,
    invokeSelf: async () => {
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
