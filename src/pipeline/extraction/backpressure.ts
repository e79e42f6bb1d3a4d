import { waitingPlan } from '../../state/plan'
import type { RunContext } from '../run-context'
import type { ExtractionControl } from './extraction'

/** `closing`: the run is about to end; `held`: a batch or a plan waits for a person, so nothing more is extracted. */
export type Room = 'room' | 'held' | 'closing'

/**
 * Backpressure: waits until deliveries have made room for another commit. An upsert destination has room only when the
 * commit before is confirmed, because its later values must not overtake the earlier ones.
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
