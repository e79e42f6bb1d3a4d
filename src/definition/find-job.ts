import { JobError } from '../errors'
import type { Job } from './job'

/**
 * The job of that name.
 * @throws JobError `job-unknown`, or `job-invalid` where two jobs have the name: they would share their state
 */
export function findJob(jobs: readonly Job[], name: string): Job {
  const [job, ...others] = jobs.filter((candidate) => candidate.name === name)
  if (job && others.length === 0) return job
  if (job) {
    throw new JobError(
      'job-invalid',
      `${others.length + 1} jobs have the name "${name}".`,
      'Give each job in src/jobs/index.ts a name of its own: all its state is stored under that name.',
      { details: { job: name } },
    )
  }
  const known = jobs.map((candidate) => candidate.name).join(', ')
  throw new JobError('job-unknown', `There is no job "${name}".`, `Known jobs: ${known}.`, {
    details: { job: name },
  })
}
