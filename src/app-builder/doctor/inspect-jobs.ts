import { JobError } from '../../errors'
import { inputsOf } from '../../definition/job-faults'
import { inputsFrom } from '../../inputs'
import type { Inputs } from '../../inputs'
import type { Job } from '../../definition/job'
import type { Finding } from './finding'

type Values = Readonly<Record<string, string>>

/** The names of all inputs that a job refers to. */
export function inputNamesOf(job: Job): ReadonlySet<string> {
  return new Set(referencesOf(job).map(({ name }) => name))
}

/**
 * Checks the inputs that each job refers to: unset ones, and secrets that are too short. With an Enterprise Web App,
 * the inputs of a customer may come with the invitation, so an unset one cannot be judged here.
 */
export function inspectJobs(values: Values, jobs: readonly Job[]): Finding[] {
  const read = inputsFrom(values)
  return jobs.map((job) => inspectJob(job, read, Boolean(values.IMS_ADMIN_CLIENT_ID)))
}

function inspectJob(job: Job, read: Inputs, hasCustomers: boolean): Finding {
  const subject = `Job ${job.name}`
  if (job.faults.length > 0) {
    const remedy = 'Correct the definition in src/jobs.'
    return { level: 'fault', subject, message: job.faults.join(' '), remedy }
  }
  const unusable = referencesOf(job).flatMap((reference) => {
    try {
      read(reference)
      return []
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      return [{ unset: error.code === 'input-missing', message: error.message }]
    }
  })
  if (unusable.length === 0) return { level: 'good', subject, message: 'has all of its inputs' }
  const message = [...new Set(unusable.map((one) => one.message))].join(' ')
  if (hasCustomers && unusable.every(({ unset }) => unset)) {
    const remedy = 'Set it here, or in the invitation of each customer (--param inputs).'
    return { level: 'skipped', subject, message, remedy }
  }
  return { level: 'fault', subject, message, remedy: 'Set it in .env; .env.example explains it.' }
}

/** Those of joined sources are among them. A faulty job may lack parts. */
function referencesOf(job: Job) {
  return job.faults.length === 0 ? inputsOf(job) : referencesOfParts(job)
}

function referencesOfParts({ source, destination, inputs }: Partial<Job>) {
  return [...(source?.inputs ?? []), ...(destination?.inputs ?? []), ...Object.values(inputs ?? {})]
}
