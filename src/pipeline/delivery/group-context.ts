import type { RunContext } from '../run-context'

/** One visitor group's delivery within one run. */
export interface GroupContext extends RunContext {
  /** Failures in a row, reset by any other answer. */
  readonly inARow: { unreachable: number; unauthorized: number; unsettled: number }
}
