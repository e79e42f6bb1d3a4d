import { defineAction } from '../../src/app-builder/define-action'
import { runForTenants } from '../../src/app-builder/run-for-tenants'
import { readRunParams } from '../../src/app-builder/params/run-params'
import { wire } from '../../src/app-builder/wire'
import { dryRun } from '../../src/pipeline/dry-run'
import { inspectJob } from '../../src/pipeline/inspect-job'
import { runJob } from '../../src/pipeline/run-job'

/** Works off what is due of one job. Woken by an alarm, by itself, or by a person. */
export const main = defineAction(async (context) => {
  const request = readRunParams(context.params)
  if (request.tenant === 'all') return runForTenants(context, request.job)
  const dependencies = await wire(context, request)
  if (request.inspect) return inspectJob(dependencies)
  if (request.dryRun) return dryRun(dependencies)
  return runJob(dependencies)
})
