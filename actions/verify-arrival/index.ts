import { verifyArrivalAction } from '../../src/app-builder/verify-arrival-action'
import { jobs } from '../../src/jobs'

export const main = verifyArrivalAction(jobs)
