import type { Clock } from '../clock'

/** At most this many requests in any window of this length. */
export interface RequestBudget {
  readonly requests: number
  readonly seconds: number
}

/**
 * A sliding window over the requests that were sent: each call waits until one more fits, and counts it.
 * @returns the wait, in ms
 */
export function createRequestBudget(
  { requests, seconds }: RequestBudget,
  clock: Clock,
): (signal?: AbortSignal) => Promise<number> {
  const sentAt: number[] = []

  return async function take(signal) {
    const startedAt = clock.monotonic()
    while (sentAt.length >= requests) {
      const freeAt = (sentAt[0] ?? 0) + seconds * 1000
      const waitMs = freeAt - clock.monotonic()
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      else sentAt.shift()
    }
    const now = clock.monotonic()
    sentAt.push(now)
    return now - startedAt
  }
}
