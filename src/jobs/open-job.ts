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
    'Correct its file in src/jobs and deploy again. Every option stands in docs/jobs.md.',
    { details: { job: job.name, faults: job.faults.length } },
  )
}
