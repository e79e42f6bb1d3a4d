import { defineAction } from './action-frame'
import { readRunParams } from './params/run-params'
import { runForTenants } from './run-for-tenants'
import { wire } from './wire'
import { dryRun } from '../pipeline/dry-run'
import { inspectJob } from '../pipeline/inspect-job'
import { runJob } from '../pipeline/run-job'
import type { Job } from '../jobs/job'
import type { ActionParams } from './platform'

/** The action `run-job`: works off what is due of one job. Woken by an alarm, by itself, or by a person. */
export function runJobAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineAction(jobs, async (platform) => {
    const request = readRunParams(platform.params)
    if (request.tenant === 'all') return runForTenants(platform, request.job)
    const dependencies = await wire(platform, request)
    if (request.inspect) return inspectJob(dependencies)
    if (request.dryRun) return dryRun(dependencies)
    return runJob(dependencies)
  })
}
