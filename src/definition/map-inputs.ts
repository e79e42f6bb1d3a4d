import type { Inputs } from '../inputs'
import type { Job } from './job'

/**
 * The job with the values of its inputs given to `map`.
 * @throws JobError `input-missing`, `input-invalid`
 */
export function withMapInputs(job: Job, inputs: Inputs): Job {
  if (!job.inputs) return job
  const entries = Object.entries(job.inputs).map(([name, reference]) => [name, inputs(reference)] as const)
  const values: Readonly<Record<string, string>> = Object.freeze(Object.fromEntries(entries))
  return { ...job, map: (record) => job.map(record, values) }
}
