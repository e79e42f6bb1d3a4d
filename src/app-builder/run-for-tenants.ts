import { toJobError } from '../errors'
import { findJob } from '../jobs/find-job'
import { openTenants } from '../state/tenants'
import type { Platform } from './platform'
import type { TenantFile } from '../state/tenants'

/** The result of starting a job for every tenant. Each tenant has its own run, state and reports. */
export interface TenantRuns {
  readonly job: string
  /** `partial` where some could not be started, `failed` where none could. */
  readonly outcome: 'succeeded' | 'partial' | 'failed'
  readonly reason?: 'tenants-failed'
  /** Activations, by organisation. */
  readonly started: Readonly<Record<string, string>>
  /** Why a run was not started, by organisation, or by file where the organisation cannot be read. */
  readonly failed: Readonly<
    Record<string, { readonly code: string; readonly message: string; readonly remedy: string }>
  >
  /** Organisations that have withdrawn their consent. */
  readonly needReauth: readonly string[]
}

/**
 * Starts an action for a job once for each linked organisation, without waiting. A failure of one does not stop the
 * others.
 * @throws JobError `job-unknown`, `store-unreachable`, `store-refused`
 */
export async function runForTenants(
  { jobs, files, ims, invoke, log }: Pick<Platform, 'jobs' | 'files' | 'ims' | 'invoke' | 'log'>,
  name: string,
  action = 'run-job',
): Promise<TenantRuns> {
  const { name: job } = findJob(jobs, name)
  const started: Record<string, string> = {}
  const failed: Record<string, TenantRuns['failed'][string]> = {}
  const needReauth: string[] = []

  async function start(file: TenantFile): Promise<void> {
    if (file.kind === 'unreadable') throw file.error
    const { orgId, status } = file.tenant
    if (status === 'linked') started[orgId] = await invoke(action, { job, tenant: orgId })
    else needReauth.push(orgId)
  }

  for (const file of await openTenants(files, ims.clock).list()) {
    await start(file).catch((thrown: unknown) => {
      const { code, message, remedy } = toJobError(thrown)
      const tenant = file.kind === 'tenant' ? file.tenant.orgId : file.path
      failed[tenant] = { code, message, remedy }
      log.error('A tenant could not be started.', { tenant, code, message })
    })
  }
  if (needReauth.length > 0) log.warn('Some tenants have withdrawn their consent.', { needReauth })
  const failures = Object.keys(failed).length
  const reason = failures === 0 ? {} : { reason: 'tenants-failed' as const }
  const outcome = failures === 0 ? 'succeeded' : Object.keys(started).length === 0 ? 'failed' : 'partial'
  return { job, outcome, ...reason, started, failed, needReauth }
}
