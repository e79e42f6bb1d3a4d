import { toJobError } from '../errors'
import { findJob } from '../definition/find-job'
import { createDeadline } from '../pipeline/deadline'
import { openTenants } from '../state/tenants'
import { RunReport } from '../state/run-report'
import { invokeAndWait } from './invoke-and-wait'
import { ownNamespace } from './namespace'
import type { Deadline } from '../pipeline/deadline'
import type { TenantFile } from '../state/tenants'
import type { Platform } from './platform'

/** The result of an action for every tenant. Each tenant has its own run, state and reports. */
export interface TenantRuns {
  readonly job: string
  /** `succeeded` only where the run of every linked tenant has ended and did all its work; `failed` where every run failed. */
  readonly outcome: 'succeeded' | 'partial' | 'failed'
  /** `deadline`: runs were postponed, or have not ended. `tenants-partial`: a run ended `partial`. */
  readonly reason?: 'tenants-failed' | 'deadline' | 'tenants-partial'
  /** How each run ended, by organisation; `running` where it has not ended before this action had to. */
  readonly runs: Readonly<Record<string, string>>
  /**
   * Why a run failed, was not started, or has no readable end, by organisation, or by file where the organisation cannot
   * be read.
   */
  readonly failed: Readonly<
    Record<string, { readonly code: string; readonly message: string; readonly remedy: string }>
  >
  /** Of the first failure, where every run failed: with it, the platform counts the activation as failed. */
  readonly error?: TenantRuns['failed'][string]
  /** Organisations whose turn did not come in time; the next alarm takes them in another order. */
  readonly postponed: readonly string[]
  /** Organisations that have withdrawn their consent. */
  readonly needReauth: readonly string[]
}

/**
 * Runs under way at once. A namespace has room for 100 activations, and an alarm that meets a full one too often is
 * switched off: even with four of these actions at work in an hour there is room for the others.
 */
const tenantsAtOnce = 20
/** Kept back for the result of this action, in ms. */
const reserveMs = 15_000

type Services = Pick<Platform, 'jobs' | 'files' | 'ims' | 'runtime' | 'log'>

/**
 * Invokes an action for a job once for each linked organisation, with bounded concurrency, and in random order, so that
 * none is always the last. A failure of one does not stop the others.
 * @throws JobError `job-unknown`, `store-unreachable`, `store-refused`
 */
export async function runForTenants(
  services: Services,
  name: string,
  action = 'run-job',
): Promise<TenantRuns> {
  const { jobs, files, ims, runtime, log } = services
  const { name: job } = findJob(jobs, name)
  const deadline = createDeadline(runtime.deadline, ims.clock)
  const found = { runs: {}, failed: {}, postponed: [], needReauth: [] }
  const queue = shuffled(await openTenants(files, ims.clock).list(), ims.random)

  async function work(): Promise<void> {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const turn = { action, job, deadline, found }
      await runOne(services, file, turn).catch(noteFailure(file, found, log))
    }
  }
  await Promise.all(Array.from({ length: tenantsAtOnce }, work))
  return summaryOf(job, found)
}

/** The results by tenant. */
interface Found {
  readonly runs: Record<string, string>
  readonly failed: Record<string, TenantRuns['failed'][string]>
  readonly postponed: string[]
  readonly needReauth: string[]
}

interface Turn {
  readonly action: string
  readonly job: string
  readonly deadline: Deadline
  readonly found: Found
}

async function runOne(
  { ims, runtime, log }: Services,
  file: TenantFile,
  { action, job, deadline, found }: Turn,
): Promise<void> {
  if (file.kind === 'unreadable') throw file.error
  const { orgId, status } = file.tenant
  if (status !== 'linked') {
    found.needReauth.push(orgId)
    log.warn('A tenant has withdrawn its consent.', { tenant: orgId })
    return
  }
  const patienceMs = deadline.remainingMs() - reserveMs
  if (patienceMs <= 0) {
    found.postponed.push(orgId)
    return
  }
  const { http, clock, random } = ims
  const options = { http, clock, random, patienceMs }
  const invocation = await invokeAndWait(options, ownNamespace(runtime), action, { job, tenant: orgId })
  if (invocation.kind === 'not-started') found.postponed.push(orgId)
  else if (invocation.kind === 'running') found.runs[orgId] = 'running'
  else if (invocation.kind === 'unknown') {
    const remedy = `See how it ended: --param job ${job} --param tenant ${orgId} --param inspect true.`
    found.failed[orgId] = { code: 'action-unavailable', message: invocation.message, remedy }
  } else if (invocation.kind === 'ended') noteRun(job, orgId, invocation.result, found)
  else noteRun(job, orgId, { error: { message: invocation.message } }, found)
}

function noteRun(
  job: string,
  orgId: string,
  result: Readonly<Record<string, unknown>>,
  { runs, failed }: Found,
): void {
  const { outcome, error } = result
  runs[orgId] = RunReport.shape.outcome.catch('failed').parse(outcome)
  if (runs[orgId] !== 'failed') return
  const { code, message, remedy } = (error ?? {}) as Readonly<Record<string, unknown>>
  failed[orgId] = {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : 'The run left no report.',
    remedy: typeof remedy === 'string' ? remedy : `Run it alone: --param job ${job} --param tenant ${orgId}.`,
  }
}

function noteFailure(file: TenantFile, { failed }: Found, log: Platform['log']) {
  return (thrown: unknown): void => {
    const { code, message, remedy } = toJobError(thrown)
    const tenant = file.kind === 'tenant' ? file.tenant.orgId : file.path
    failed[tenant] = { code, message, remedy }
    log.error('A tenant could not be started.', { tenant, code, message })
  }
}

function summaryOf(job: string, found: Found): TenantRuns {
  const outcomes = Object.values(found.runs)
  const reason = reasonOf(found, outcomes)
  const allFailed = reason === 'tenants-failed' && outcomes.every((outcome) => outcome === 'failed')
  const outcome = reason === null ? 'succeeded' : allFailed ? 'failed' : 'partial'
  const [error] = allFailed ? Object.values(found.failed) : []
  return { job, outcome, ...(reason === null ? {} : { reason }), ...(error ? { error } : {}), ...found }
}

function reasonOf(
  { failed, postponed }: Found,
  outcomes: readonly string[],
): NonNullable<TenantRuns['reason']> | null {
  if (Object.keys(failed).length > 0) return 'tenants-failed'
  if (postponed.length > 0 || outcomes.includes('running')) return 'deadline'
  return outcomes.includes('partial') ? 'tenants-partial' : null
}

/** Fisher-Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]
  }
  return mixed
}
