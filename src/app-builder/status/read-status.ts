import { toJobError } from '../../errors'
import { findJob } from '../../definition/find-job'
import { openRunFiles } from '../../pipeline/run-files'
import { openJobDocument } from '../../state/job-document'
import { createStoreClock } from '../../state/store-clock'
import { tenantName } from '../../state/tenants'
import { ownNamespace } from '../namespace'
import { readSettings } from '../params/parse-inputs'
import { requireOrgId } from '../../org-id'
import { readAlarms } from './alarms'
import { credentialsOf } from './credentials'
import { readGrants, readTenants } from './read-consents'
import { jobStatus, unreadableJob } from './job-status'
import { nextAlarmOf } from './next-alarm'
import { noRejects, readOpenRejects, unreadRejects } from './open-rejects'
import { readWatchdog } from './read-watchdog'
import type { Job } from '../../definition/job'
import type { StateDocument } from '../../state/state-document'
import type { FileVersion } from '../../state/versioned-file'
import type { Platform } from '../platform'
import type { Alarms } from './alarms'
import type { JobStatus } from './job-status'
import type { OpenRejects } from './open-rejects'
import type { Status, StrayState, TenantStatus } from './status'

type Services = Pick<Platform, 'jobs' | 'files' | 'ims' | 'params' | 'sealer' | 'runtime'>

/** What is asked for; a person gives it as a query, the holder of the namespace's key as parameters. */
export interface StatusRequest {
  readonly job?: string | undefined
  /** A customer organisation: its jobs are shown instead of the app's own. */
  readonly tenant?: string | undefined
}

/**
 * Reads the state of all jobs, or of one. Takes no lease, changes nothing, and opens neither source nor destination. A
 * state that cannot be read is shown as such, and hides no other.
 * @throws JobError `job-unknown`, `params-invalid`, `input-invalid`, `store-unreachable`, `store-refused`
 */
export async function readStatus(services: Services, request: StatusRequest): Promise<Status> {
  const { jobs, files, ims, sealer, params } = services
  const asked = request.job === undefined ? jobs : [findJob(jobs, request.job)]
  const tenant = request.tenant === undefined ? null : requireOrgId(request.tenant, 'tenant')
  const [tenants, alarms] = await Promise.all([
    readTenants(files, ims.clock),
    readAlarms(ims.http, ownNamespace(services.runtime)),
  ])
  const [read, strays, grants, watchdog] = await Promise.all([
    Promise.all(asked.map((job) => readJob(services, job, { tenant, alarms }))),
    readStrays(services, tenants),
    sealer ? readGrants(files, sealer, ims.clock) : [],
    readWatchdog(files, ims.clock, alarms),
  ])
  const at = new Date(ims.clock.now()).toISOString()
  return { at, tenant, jobs: read, strays, tenants, grants, credentials: credentialsOf(params), watchdog }
}

async function readJob(
  services: Services,
  job: Job,
  { tenant, alarms }: { readonly tenant: string | null; readonly alarms: Alarms },
): Promise<JobStatus> {
  const { leaseTtlMs } = readSettings(services.params, services.jobs)
  const alarm = nextAlarmOf(alarms, { job: job.name, tenant }, services.ims.clock.now())
  const stored = tenant === null ? job.name : `${job.name}@${tenantName(tenant)}`
  try {
    const found = await readDocument(services, stored)
    const rejects = found ? await rejectsOf(services, stored, found) : noRejects
    return jobStatus({ job, found, rejects, leaseTtlMs, alarm })
  } catch (thrown) {
    const { message, remedy } = toJobError(thrown)
    return unreadableJob(job, `${message} ${remedy}`, { rejects: noRejects, alarm })
  }
}

function readDocument(
  { files: store, ims: { clock } }: Services,
  job: string,
): Promise<FileVersion<StateDocument> | null> {
  return openJobDocument({ job, store, clock, storeClock: createStoreClock(clock), patienceMs }).read()
}

/** A person waits for it in the browser. */
const patienceMs = 5_000

async function rejectsOf(
  { files: store, ims: { clock } }: Services,
  job: string,
  { content: { rejects } }: FileVersion<StateDocument>,
): Promise<OpenRejects> {
  const { signal } = new AbortController()
  const files = openRunFiles({ job, run: '', store, clock, patienceMs, signal })
  try {
    return await readOpenRejects(rejects, files)
  } catch (thrown) {
    return unreadRejects(rejects, toJobError(thrown).message)
  }
}

/** State that belongs to no job of the app: of a job that was removed or renamed, or of a tenant that is not linked. */
async function readStrays(
  services: Services,
  tenants: readonly TenantStatus[],
): Promise<readonly StrayState[]> {
  const owners = ['', ...tenants.map(({ tenant }) => `@${tenantName(tenant)}`)]
  const known = new Set(services.jobs.flatMap(({ name }) => owners.map((owner) => name + owner)))
  const strays: StrayState[] = []
  for await (const path of services.files.list('jobs/')) {
    const [, job] = /^jobs\/([^/]+)\/state\.json$/.exec(path) ?? []
    if (job !== undefined && !known.has(job)) strays.push(await readStray(services, job))
  }
  return strays
}

async function readStray(services: Services, job: string): Promise<StrayState> {
  const found = await readDocument(services, job).catch(() => null)
  const pending = found?.content.outbox.filter(({ state }) => state !== 'confirmed')
  return {
    job,
    pendingBatches: pending?.length ?? null,
    pendingRows: pending?.reduce((sum, { rows }) => sum + rows, 0) ?? null,
  }
}
