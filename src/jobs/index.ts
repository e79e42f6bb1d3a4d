import { adCosts } from './ad-costs'
import { airports } from './airports'
import { flights } from './flights'
import { refunds } from './refunds'
import type { Job } from '../definition/job'

/** Every job of this app. To add a job, add a file to this folder and its name to this list. */
export const jobs: readonly Job[] = [flights, airports, adCosts, refunds]
