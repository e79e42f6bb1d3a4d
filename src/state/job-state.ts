import type { StateEvent } from './events'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'

/** A job's state in the hands of the one run that holds its lease. */
export interface JobState {
  readonly run: string
  /** As last written, with the events that will travel with the next write. */
  readonly document: StateDocument
  readonly storeClock: StoreClock
  /** Aborted as soon as the lease is known to be lost: write and delete nothing more. */
  readonly signal: AbortSignal
  /**
   * Applies events durably, in one write; events that wait for the same write travel together. Each is logged.
   * Returns the monotonic time at which that write was first issued.
   * @throws JobError `lease-lost`, `store-unreachable`
   */
  write(...events: readonly StateEvent[]): Promise<number>
  /** Applies an event that may be lost: it travels with the next write, whatever causes that. */
  later(event: StateEvent): void
  /** Resolves with the next write that changes anything. */
  changed(): Promise<void>
  /** Stops the heartbeat and gives the lease back in the same write as `event`. */
  release(event: Extract<StateEvent, { type: 'run-ended' }>): Promise<void>
}
