import { defineAction } from './action-frame'
import { readRunParams } from './params/run-params'
import { runForTenants } from './run-for-tenants'
import { wire, wireState } from './wire'
import { dryRun } from '../pipeline/dry-run'
import { inspectJob } from '../pipeline/inspect-job'
import { runJob } from '../pipeline/run-job'
import type { Job } from '../definition/job'
import type { ActionParams } from './platform'

/** The action `run-job`: runs one job. Invoked by an alarm, by the previous run, or by a person. */
export function runJobAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineAction(jobs, async (platform) => {
    const request = readRunParams(platform.params)
    if (request.tenant === 'all') return runForTenants(platform, request.job)
    if (request.inspect) return inspectJob(await wireState(platform, request))
    const dependencies = await wire(platform, request)
    return request.dryRun ? dryRun({ ...dependencies, keepFiles: request.keepFiles }) : runJob(dependencies)
  })
}
