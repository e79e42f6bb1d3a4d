import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { longestWaitMs } from '../settings'
import type { DestinationFault, Refusal, Unknown } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'

/** How often in a row the destination may be out of reach, or refuse a fresh token, before the run gives up. */
const unreachableLimit = 5
const unauthorizedLimit = 2
/** After a 429, where the destination declares no interval between requests. */
const leastPauseMs = 100
/** Of the pause, from one refusal to the next: slow, because a run that gives up waits for the next alarm. */
const growth = 1.25

/** The consequence of an answer that tells nothing about the batch. */
export interface RefusalEnd {
  readonly waitMs: number
  /** Set where the run cannot deliver on. */
  readonly error: JobError | null
}

/** A temporary refusal makes the batch wait; a permanent one ends the run. */
export function afterRefusal(context: StepContext, notes: BatchNotes, answer: Refusal | Unknown): RefusalEnd {
  const [refusedTokens, throttles] = [notes.unauthorized, context.reach.throttles]
  if (answer.kind !== 'not-sent') reached(context, notes)
  switch (answer.kind) {
    case 'unauthorized': {
      notes.unauthorized = refusedTokens + 1
      const givenUp = notes.unauthorized >= unauthorizedLimit
      return { waitMs: 0, error: givenUp ? fault(context, 'not-authorized', answer.message) : null }
    }
    case 'not-permitted':
      return { waitMs: 0, error: fault(context, 'not-permitted', answer.message) }
    case 'not-sent':
      return outOfReach(context, answer.message)
    case 'throttled':
      context.reach.throttles = throttles + 1
      return { waitMs: pauseAll(context, answer.retryAfterMs ?? 0), error: null }
    case 'unknown':
      return { waitMs: backOff(context, notes), error: null }
  }
}

/**
 * The wait after a lookup, poll or preparation that was refused or proves nothing; the batch stays as it is.
 *
 * @throws JobError `not-authorized`, `not-permitted`, `destination-unreachable`
 */
export function waitOut(
  context: StepContext,
  { id, state }: OutboxEntry,
  notes: BatchNotes,
  answer: Refusal | Unknown,
): number {
  const { waitMs, error } = afterRefusal(context, notes, answer)
  if (error) throw error
  context.log.warn('An answer proves nothing about a batch.', { id, state, answer: answer.kind, waitMs })
  return waitMs
}

/**
 * Resets the counts: an answer proves that the destination is reachable and, unless it is `unauthorized`, takes the
 * token. The refusals of a rate limit are taken back one by one, so that a run does not displace others at once.
 */
export function reached({ reach }: StepContext, notes: BatchNotes): void {
  reach.failures = 0
  reach.throttles = Math.max(0, reach.throttles - 1)
  notes.unauthorized = 0
}

/** Exponential backoff, so that a run with nothing else to do ends and leaves the question to a later one. */
export function backOff({ settings }: StepContext, notes: BatchNotes): number {
  notes.unsettled += 1
  return Math.min(settings.lookupEveryMs * 2 ** (notes.unsettled - 1), longestWaitMs)
}

/**
 * A rate limit is that of the credential, which other runs share: all requests of this run pause, longer with each
 * refusal in a row, and never less than the answer asks for. Runs that were refused together come back apart.
 */
function pauseAll({ reach, pace, destination, state }: StepContext, askedMs: number): number {
  const stepMs =
    Math.max(destination.limits.requestIntervalMs, leastPauseMs) * growth ** (reach.throttles - 1)
  const ownMs = Math.round(stepMs * (0.5 + spread(state.run, reach.throttles)))
  const waitMs = Math.min(askedMs + ownMs, longestWaitMs)
  pace.pause(waitMs)
  return waitMs
}

/** 0 … 1, another for each run and each refusal. */
function spread(run: string, refusal: number): number {
  return createHash('sha256').update(`${run} ${refusal}`).digest().readUInt32BE() / 2 ** 32
}

/** An outage concerns every partition alike: all requests pause, and failures of one pause count once. */
function outOfReach(context: StepContext, message: string): RefusalEnd {
  const { reach, clock, pace, destination } = context
  if (clock.monotonic() >= reach.countedUntil) {
    reach.failures += 1
    const pauseMs = destination.limits.requestIntervalMs * 2 ** reach.failures
    reach.countedUntil = clock.monotonic() + pauseMs
    pace.pause(pauseMs)
  }
  const givenUp = reach.failures >= unreachableLimit
  return { waitMs: 0, error: givenUp ? fault(context, 'destination-unreachable', message) : null }
}

const sentences: Readonly<Record<DestinationFault, { readonly what: string; readonly remedy: string }>> = {
  'not-authorized': {
    what: 'The destination refused a fresh token',
    remedy: 'Check the credential. The batches stay staged; a later run sends them.',
  },
  'not-permitted': {
    what: 'The destination took the token, but does not permit the request',
    remedy: 'Give the credential the permission. The batches stay staged; a later run sends them.',
  },
  'destination-unreachable': {
    what: 'The destination cannot be reached',
    remedy: 'Check its address. The batches stay staged; a later run sends them.',
  },
}

function fault({ destination, redact }: StepContext, code: DestinationFault, message: string): JobError {
  const { what, remedy } = sentences[code]
  return new JobError(code, `${what}: ${redact(message)}`, destination.remedies?.[code] ?? remedy)
}
