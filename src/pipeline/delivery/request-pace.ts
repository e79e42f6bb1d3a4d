import type { Clock } from '../../clock'

/**
 * Rate limit of one run towards the destination. A step takes a slot before its write-ahead write, so that the send
 * window is never spent in a queue; its request then leaves no earlier than an interval after the one before, however
 * long the writes in between took.
 */
export interface RequestPace {
  /** Milliseconds until the next slot is free. */
  waitMs(): number
  take(): void
  /** Resolves when the request may leave. @throws the signal's reason */
  leave(signal: AbortSignal): Promise<void>
  /** No slot becomes free within the next `ms`. */
  pause(ms: number): void
}

export function createRequestPace(intervalMs: number, clock: Clock): RequestPace {
  let slotAt = -Infinity
  let leaveAt = -Infinity

  return {
    waitMs: () => Math.max(0, slotAt - clock.monotonic()),
    take() {
      slotAt = Math.max(slotAt, clock.monotonic() + intervalMs)
    },
    async leave(signal) {
      const now = clock.monotonic()
      const at = Math.max(now, leaveAt)
      leaveAt = at + intervalMs
      if (at > now) await clock.sleep(at - now, signal)
      signal.throwIfAborted()
    },
    pause(ms) {
      slotAt = Math.max(slotAt, clock.monotonic() + ms)
    },
  }
}
