import { defineAction } from './define-action'
import { readRunParams } from './params/run-params'
import { runForTenants } from './run-for-tenants'
import { wire, wireState } from './wire'
import { dryRun } from '../pipeline/dry-run'
import { inspectJob } from '../pipeline/inspect-job'
import { runJob } from '../pipeline/run-job'
import type { Job } from '../jobs/job'
import type { ActionParams } from './define-action'

/** The action `run-job`: works off what is due of one job. Woken by an alarm, by itself, or by a person. */
export function runJobAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineAction(jobs, async (context) => {
    const request = readRunParams(context.params)
    if (request.tenant === 'all') return runForTenants(context, request.job)
    if (request.inspect) return inspectJob(await wireState(context, request))
    const dependencies = await wire(context, request)
    return request.dryRun ? dryRun(dependencies) : runJob(dependencies)
  })
}
