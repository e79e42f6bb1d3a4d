import { waitingPlan } from '../../state/plan'
import type { RunContext } from '../run-context'
import type { ExtractionControl } from './extraction'

/** `closing`: the run is about to end; `held`: a batch or a plan waits for a person, so nothing more is extracted. */
export type Room = 'room' | 'held' | 'closing'

/** Batches of each partition that may wait before the next commit of a backfill. */
const backfillBatches = 2

/**
 * Backpressure: waits until the outbox has capacity for another commit. With an upsert destination that is after the
 * previous commit is confirmed, because later values must not overtake earlier ones. A backfill keeps the outbox short:
 * rows of ordinary work are delivered after the batches that were committed before them.
 */
export async function waitForRoom(
  { state, settings, destination }: Pick<RunContext, 'state' | 'settings' | 'destination'>,
  { signal, waiting, isClosing }: ExtractionControl,
  isBackfill: () => boolean,
): Promise<Room> {
  const most = destination.semantics === 'upsert' ? 1 : settings.outboxLimit
  const mostOfBackfill = Math.min(most, backfillBatches * destination.partition.count)
  const limit = () => (isBackfill() ? mostOfBackfill : most)
  const isHeld = () =>
    waitingPlan(state.document) !== null || state.document.outbox.some((entry) => entry.state === 'held')
  while (state.document.outbox.length >= limit() && !isHeld() && !isClosing()) {
    await waiting(state.changed())
    signal.throwIfAborted()
  }
  if (isHeld()) return 'held'
  return isClosing() ? 'closing' : 'room'
}
