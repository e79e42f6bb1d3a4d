import { waitingPlan } from '../../state/plan'
import type { RunContext } from '../run-context'
import type { ExtractionControl } from './extraction'

/** `closing`: the run is about to end; `held`: a batch or a plan waits for a person, so nothing more is extracted. */
export type Room = 'room' | 'held' | 'closing'

/**
 * Backpressure: waits until the outbox has capacity for another commit. With an upsert destination that is after the
 * previous commit is confirmed, because later values must not overtake earlier ones.
 */
export async function waitForRoom(
  { state, settings, destination }: Pick<RunContext, 'state' | 'settings' | 'destination'>,
  { signal, waiting, isClosing }: ExtractionControl,
): Promise<Room> {
  const limit = destination.semantics === 'upsert' ? 1 : settings.outboxLimit
  const isHeld = () =>
    waitingPlan(state.document) !== null || state.document.outbox.some((entry) => entry.state === 'held')
  while (state.document.outbox.length >= limit && !isHeld() && !isClosing()) {
    await waiting(state.changed())
    signal.throwIfAborted()
  }
  if (isHeld()) return 'held'
  return isClosing() ? 'closing' : 'room'
}
