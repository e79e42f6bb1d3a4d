import type { Clock } from '../clock'

/** The store's time: `Date` of its last answer plus monotonic time since. A container's wall clock decides nothing. */
export interface StoreClock {
  /** ms since the epoch. */
  now(): number
  observe(storeNow: number): void
}

export function createStoreClock(clock: Clock): StoreClock {
  let offset = 0
  return {
    now: () => clock.monotonic() + offset,
    observe: (storeNow) => {
      offset = storeNow - clock.monotonic()
    },
  }
}
