import { JobError } from '../errors'
import type { Job } from './job'

/**
 * Stands before everything that reads a job's source or writes to its destination: a definition that is wrong in any
 * point does not run at all.
 * @throws JobError `job-invalid` naming every fault
 */
export function openJob(job: Job): Job {
  if (job.faults.length === 0) return job
  throw new JobError(
    'job-invalid',
    `The job "${job.name}" is not right. ${job.faults.join('; ')}.`,
    `Correct src/jobs/${job.name}.ts and deploy again. docs/jobs.md has every option.`,
    { details: { job: job.name, faults: job.faults.length } },
  )
}
