import { JobError } from '../errors'
import { flights } from './flights'
import type { Job } from './job'

/** Every job of this app. A new one is a file beside this one and a name in this list. */
export const jobs: readonly Job[] = [flights]

/** @throws JobError `job-unknown` */
export function findJob(name: string): Job {
  const job = jobs.find((candidate) => candidate.name === name)
  if (job) return job
  const known = jobs.map((candidate) => candidate.name).join(', ')
  throw new JobError('job-unknown', `There is no job "${name}".`, `Known jobs: ${known}.`, {
    details: { job: name },
  })
}
