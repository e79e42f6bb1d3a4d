import { watchdogAction } from '../../src/app-builder/watchdog-action'
import { jobs } from '../../src/jobs'

export const main = watchdogAction(jobs)
