import { statusAction } from '../../src/app-builder/status/status-action'
import { jobs } from '../../src/jobs'

export const main = statusAction(jobs)
