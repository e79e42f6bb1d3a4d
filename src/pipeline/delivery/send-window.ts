import type { SendWindow } from '../../destinations/destination'
import type { DeliveryContext } from './delivery-context'

/** A send window and the timer that closes it. */
export interface OpenWindow extends SendWindow {
  /** Frees the timer. */
  close(): void
}

/**
 * A request begins and ends within `sendTimeoutMs` of issuing its write-ahead write. That write renews the lease, so no
 * other run can take the batch over while the window is open; a process that freezes and thaws finds it closed.
 *
 * @param issuedAt monotonic, ms
 */
export function openSendWindow(
  { clock, settings, signal }: Pick<DeliveryContext, 'clock' | 'settings' | 'signal'>,
  issuedAt: number,
): OpenWindow {
  const endsAt = issuedAt + settings.sendTimeoutMs
  const timer = new AbortController()
  const expiry = new AbortController()
  clock.sleep(Math.max(0, endsAt - clock.monotonic()), timer.signal).then(
    () => expiry.abort(new Error('The send window closed.')),
    () => undefined,
  )
  const either = AbortSignal.any([signal, expiry.signal])
  return {
    signal: either,
    isOpen: () => !either.aborted && clock.monotonic() < endsAt,
    close: () => timer.abort('closed'),
  }
}
