import { JobError } from '../../errors'
import type { CommandEffect } from '../../state/events'

/** What a command changes, and how the report puts it. */
export interface Acceptance {
  readonly note: string
  readonly effect: CommandEffect
}

/** A command that was taken up before and may be given again: nothing is left to change. */
export interface DoneBefore {
  readonly note: string
  readonly effect: null
}

/** A command that would do harm or makes no sense. */
export function refused(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
