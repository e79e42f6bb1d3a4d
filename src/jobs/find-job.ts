import { JobError } from '../errors'
import type { Job } from './job'

/** @throws JobError `job-unknown` */
export function findJob(jobs: readonly Job[], name: string): Job {
  const job = jobs.find((candidate) => candidate.name === name)
  if (job) return job
  const known = jobs.map((candidate) => candidate.name).join(', ')
  throw new JobError('job-unknown', `There is no job "${name}".`, `Known jobs: ${known}.`, {
    details: { job: name },
  })
}
