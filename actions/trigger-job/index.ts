import { triggerAction } from '../../src/app-builder/web/trigger'
import { jobs } from '../../src/jobs'

export const main = triggerAction(jobs)
