import { connectAction } from '../../src/app-builder/web/connect'
import { jobs } from '../../src/jobs'

export const main = connectAction(jobs)
