import { randomUUID } from 'node:crypto'
import { toJobError } from '../errors'
import { createRequestWindow } from '../http/request-window'
import { input } from '../inputs'
import { createDeadline } from '../pipeline/deadline'
import { verifyArrivals } from '../pipeline/arrival/verify-arrivals'
import { defineAction } from './action-frame'
import { createReportReader } from './arrival/report-reader'
import { clock } from './container'
import { readArrivalParams } from './params/arrival-params'
import { runForTenants } from './run-for-tenants'
import { wireDestination } from './wire'
import type { Job } from '../definition/job'
import type { ArrivalReport } from '../pipeline/arrival/verify-arrivals'
import type { TenantRuns } from './run-for-tenants'
import type { ActionParams, Platform } from './platform'

/** Adobe permits a user 12 requests in 6 s, over all jobs. */
const requestWindow = createRequestWindow({ requests: 12, windowMs: 6_000 }, clock)

interface ArrivalFailure {
  readonly job: string
  readonly outcome: 'failed'
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string }
}
type JobArrival = ArrivalReport | ArrivalFailure | TenantRuns

/** The result of `verify-arrival`: with `error`, the activation counts as failed. */
export interface ArrivalResult {
  readonly outcome: ArrivalReport['outcome']
  readonly error?: ArrivalFailure['error']
  readonly jobs: Readonly<Record<string, JobArrival>>
}

/**
 * The action `verify-arrival`: checks for one job, or for all, whether confirmed batches have arrived. It sends no
 * rows.
 */
export function verifyArrivalAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineAction(jobs, async (platform) => {
    const { job, tenant } = readArrivalParams(platform.params)
    const names = job === undefined ? jobs.map(({ name }) => name) : [job]
    const limit = timeLimit(platform)
    const results: Record<string, JobArrival> = {}
    try {
      for (const name of names) {
        results[name] =
          tenant === 'all'
            ? await runForTenants(platform, name, 'verify-arrival')
            : await verify(platform, { job: name, tenant }, limit.signal).catch(failed(name))
      }
    } finally {
      await limit.end()
    }
    return resultOf(results)
  })
}

async function verify(
  platform: Platform,
  request: { readonly job: string; readonly tenant: string | undefined },
  signal: AbortSignal,
): Promise<ArrivalReport> {
  const { log, runtime, urls, redactor } = platform
  const { job, store, settings, token, destination, inputs } = await wireDestination(platform, request)
  const pace = () => requestWindow.enter(signal)
  const report = createReportReader({
    baseUrl: urls.analytics,
    companyId: () => inputs(input('ANALYTICS_COMPANY_ID')),
    token,
    drop: (refused) => token.drop(refused),
    clock,
    pace,
    signal,
  })
  return verifyArrivals({
    ...{ job, destination, store, settings, clock, log },
    activation: runtime.activationId,
    newId: randomUUID,
    redact: redactor.text,
    tools: { report, pace, signal },
  })
}

/** The time of the activation that must be left when a request is aborted. */
const reserveMs = 20_000

/** Aborts requests while there is still time to store the results. */
function timeLimit({ runtime }: Platform): { readonly signal: AbortSignal; end(): Promise<void> } {
  const over = new AbortController()
  const done = new AbortController()
  const left = createDeadline(runtime.deadline, clock).remainingMs() - reserveMs
  const timer = clock.sleep(Math.max(0, left), done.signal).then(
    () => over.abort(new Error('The time for questions is over.')),
    () => undefined,
  )
  return {
    signal: over.signal,
    async end() {
      done.abort()
      await timer
    },
  }
}

/** A failure of one job does not stop the others. */
function failed(job: string): (thrown: unknown) => ArrivalFailure {
  return (thrown) => {
    const { code, message, remedy } = toJobError(thrown)
    return { job, outcome: 'failed', error: { code, message, remedy } }
  }
}

/** The worst outcome of all jobs. */
function resultOf(jobs: Readonly<Record<string, JobArrival>>): ArrivalResult {
  const all = Object.values(jobs)
  const [error] = all.flatMap((result) => ('error' in result ? [result.error] : []))
  const outcome =
    (['failed', 'partial', 'succeeded'] as const).find((worst) =>
      all.some((result) => result.outcome === worst),
    ) ?? 'skipped'
  return { outcome, ...(error ? { error } : {}), jobs }
}
