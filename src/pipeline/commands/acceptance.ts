import { JobError } from '../../errors'
import type { CommandEffect } from '../../state/command-effect'

/** The effect of an accepted command, and the note about it in the report. */
export interface Acceptance {
  readonly note: string
  readonly effect: CommandEffect
}

/** A command that was taken up before and may be given again: nothing is left to change. */
export interface DoneBefore {
  readonly note: string
  readonly effect: null
}

/** The error for a command that would do harm or makes no sense. */
export function refused(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
