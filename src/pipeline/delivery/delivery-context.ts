import type { RunContext } from '../run-context'
import type { RequestPace } from './request-pace'
import type { StagedFiles } from './staged-files'

/** The members of a run that delivery uses. */
export type DeliveryContext = Pick<
  RunContext,
  'state' | 'destination' | 'files' | 'settings' | 'clock' | 'deadline' | 'log' | 'signal' | 'redact'
> & { readonly job: string }

/** The context that all steps of one delivery share. */
export interface StepContext extends DeliveryContext {
  readonly pace: RequestPace
  readonly staged: StagedFiles
  readonly reach: Reach
}

/** How the destination takes the requests of this run. */
export interface Reach {
  /** Consecutive requests that could not be sent; any answer resets the count. */
  failures: number
  /** Requests that a rate limit refused, less those that were answered since. */
  throttles: number
  /** Monotonic, ms: failures before it belong to the same outage and are counted once. */
  countedUntil: number
}
