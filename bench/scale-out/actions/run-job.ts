import { runJobAction } from '../../../src/app-builder/run-job-action'
import { sideBySideJobs } from '../jobs'

const run = runJobAction(sideBySideJobs)

/** The product's action, with the CPU time of the run and the peak of its process beside its report. */
export async function main(params: Readonly<Record<string, unknown>>): Promise<object> {
  const before = process.cpuUsage()
  const report = await run(params)
  const { user, system } = process.cpuUsage(before)
  return { ...report, cpuMs: (user + system) / 1_000, peakMB: process.resourceUsage().maxRSS / 1_024 }
}
