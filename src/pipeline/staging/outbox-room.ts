import type { ExtractionControl } from './extraction'
import type { RunContext } from '../run-context'

/** Waits until deliveries have made room for more; false where a held batch means that they will not. */
export async function roomInOutbox(
  { state, settings }: RunContext,
  { signal, waiting }: ExtractionControl,
): Promise<boolean> {
  const isHeld = () => state.document.outbox.some((entry) => entry.state === 'held')
  while (state.document.outbox.length >= settings.outboxLimit && !isHeld()) {
    await waiting(
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        void state.changed().then(resolve)
      }),
    )
    signal.throwIfAborted()
  }
  return !isHeld()
}
