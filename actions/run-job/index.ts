import { runJobAction } from '../../src/app-builder/run-job-action'
import { jobs } from '../../src/jobs'

export const main = runJobAction(jobs)
