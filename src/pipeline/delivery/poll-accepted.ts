import { JobError } from '../../errors'
import { factsOf } from './batch-facts'
import { belongsElsewhere } from './elsewhere'
import { createRequestPace } from './request-pace'
import type { PollAnswer } from '../../destinations/destination'
import type { StateDocument } from '../../state/state-document'
import type { RunDependencies } from '../run-context'

/** Answers that change nothing. */
const waits: ReadonlySet<PollAnswer['kind']> = new Set(['processing', 'throttled', 'unknown'])

/**
 * Polls accepted batches before the lease is taken, so that waiting for an import costs no write. True where a run
 * under the lease has something to do: an import has ended, or an error is to be reported. The answers themselves are
 * not kept: the run asks again.
 *
 * @param document read without a lease
 */
export async function pollAccepted(
  { destination, settings, clock }: Pick<RunDependencies, 'destination' | 'settings' | 'clock'>,
  document: StateDocument,
  signal: AbortSignal,
): Promise<boolean> {
  const pace = createRequestPace(destination.limits.requestIntervalMs, clock)
  const giveUpAt = clock.monotonic() + settings.patienceMs
  for (const entry of document.outbox) {
    if (entry.state !== 'accepted') continue
    if (!destination.poll || belongsElsewhere(entry, document, destination)) return true
    // More batches than can be polled within this time are polled by a run under the lease.
    if (clock.monotonic() >= giveUpAt) return true
    await pace.leave(signal)
    const answer = await destination.poll(factsOf(entry), entry.receipt, signal).catch(tokenRefused)
    if (!waits.has(answer.kind)) return true
  }
  return false
}

/** The run meets the same error, and stores it in a report. */
function tokenRefused(error: unknown): PollAnswer {
  if (error instanceof JobError) return { kind: 'unauthorized', message: error.message }
  throw error
}
