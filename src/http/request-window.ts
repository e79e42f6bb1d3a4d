import type { Clock } from '../clock'

/** At most `requests` requests in any time of `windowMs`. */
export interface RequestWindow {
  /** Resolves when another request may leave. @throws the signal's reason */
  enter(signal: AbortSignal): Promise<void>
}

/** Sliding-window rate limit of one process; the slots are handed out in the order in which they were asked for. */
export function createRequestWindow(
  { requests, windowMs }: { readonly requests: number; readonly windowMs: number },
  clock: Clock,
): RequestWindow {
  /** When the last requests left or will leave, monotonic, oldest first. */
  const leftAt: number[] = []

  return {
    async enter(signal) {
      signal.throwIfAborted()
      const now = clock.monotonic()
      const oldest = leftAt.length < requests ? undefined : leftAt.shift()
      const at = oldest === undefined ? now : Math.max(now, oldest + windowMs)
      leftAt.push(at)
      if (at > now) await clock.sleep(at - now, signal)
    },
  }
}
