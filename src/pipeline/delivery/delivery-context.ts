import type { RunContext } from '../run-context'
import type { RequestPace } from './request-pace'
import type { StagedFiles } from './staged-files'

/** What delivery uses of a run. */
export type DeliveryContext = Pick<
  RunContext,
  'state' | 'destination' | 'files' | 'settings' | 'clock' | 'deadline' | 'log' | 'signal' | 'redact'
> & { readonly job: string }

/** What the steps of one delivery share. */
export interface StepContext extends DeliveryContext {
  readonly pace: RequestPace
  readonly staged: StagedFiles
  readonly reach: Reach
}

/** Requests of this run that could not leave, one after the other; any answer starts the count again. */
export interface Reach {
  failures: number
  /** Monotonic, ms: failures before it belong to the same outage and are counted once. */
  countedUntil: number
}

/** What this run knows of a batch beside its entry. It is lost with the run, which costs requests and nothing else. */
export interface BatchNotes {
  /** Monotonic, ms: no step before. */
  readyAt: number
  /** A lookup before the first send found nothing. */
  absent: boolean
  /** A lookup found all our rows; whether they are valid is still to be asked. */
  found: boolean
  /** Of the preparation, once it stands. */
  handle: string | null
  /** Answers in a row that settled nothing. */
  unsettled: number
  /** Tokens in a row that were refused. */
  unauthorized: number
}

export function newNotes(): BatchNotes {
  return { readyAt: 0, absent: false, found: false, handle: null, unsettled: 0, unauthorized: 0 }
}
