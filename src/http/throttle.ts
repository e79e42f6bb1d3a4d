import type { Clock } from '../clock'

/** Resolves when the caller may go. @throws the signal's reason */
export type Throttle = (signal?: AbortSignal) => Promise<void>

/** Lets one caller go per interval, in the order in which they came. */
export function createThrottle({
  intervalMs,
  clock,
}: {
  readonly intervalMs: number
  readonly clock: Clock
}): Throttle {
  let nextAt = -Infinity
  let queue: Promise<unknown> = Promise.resolve()

  return function wait(signal) {
    const turn = queue.then(async () => {
      const waitMs = nextAt - clock.monotonic()
      if (waitMs > 0) await clock.sleep(waitMs, signal)
      signal?.throwIfAborted()
      nextAt = clock.monotonic() + intervalMs
    })
    // Whoever gives up frees the place for the next in line.
    queue = turn.catch(() => undefined)
    return turn
  }
}
