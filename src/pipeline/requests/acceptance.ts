import { JobError } from '../../errors'
import type { Change } from '../../state/job-state'

/** What a request changes, and how the report puts it. */
export interface Acceptance {
  readonly note: string
  readonly change: Change
}

/** A request that would do harm or makes no sense. */
export function refused(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
