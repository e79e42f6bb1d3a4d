import type { Clock } from '../clock'

/** The moment at which the platform ends this activation. */
export interface Deadline {
  remainingMs(): number
  /** True where something that may take `ms` still fits. */
  fits(ms: number): boolean
}

/** @param at ms since the epoch on the wall clock, as the platform states it */
export function createDeadline(at: number, clock: Clock): Deadline {
  const end = clock.monotonic() + (at - clock.now())
  const remainingMs = () => end - clock.monotonic()
  return { remainingMs, fits: (ms) => remainingMs() > ms }
}
