import { JobError } from '../../errors'

/** A request that would do harm or makes no sense. */
export function refused(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
