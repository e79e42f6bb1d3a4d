import { JobError } from '../errors'
import type { Job } from './job'

/**
 * Must be called before a job's source is read or its destination is written: a definition with any fault does not run.
 * @throws JobError `job-invalid` naming every fault
 */
export function openJob(job: Job): Job {
  if (job.faults.length === 0) return job
  throw new JobError(
    'job-invalid',
    `The definition of the job "${job.name}" is invalid. ${job.faults.join('; ')}.`,
    'Correct its file in src/jobs and deploy again. docs/jobs.md has every option.',
    { details: { job: job.name, faults: job.faults.length } },
  )
}
