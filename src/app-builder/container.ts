import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'

/**
 * What lives as long as the container, for every activation in it: connections are kept, tokens reused. Nothing of a
 * caller may be kept here except under a key that only that caller can have.
 */
export const clock = systemClock
export const http = createHttpClient({ clock })
export const random = Math.random

/** Made once per container for everything its key stands for. */
export function oncePerContainer<T>(): (key: readonly unknown[], make: () => T) => T {
  const made = new Map<string, T>()
  return function obtain(key, make) {
    const name = JSON.stringify(key)
    let value = made.get(name)
    if (value === undefined) {
      value = make()
      made.set(name, value)
    }
    return value
  }
}
