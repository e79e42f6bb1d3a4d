import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'
import { createHttpDownload } from '../http/node-fetch-download'

/**
 * What lives as long as the container, for every activation in it: connections are kept, tokens reused. Nothing of a
 * caller may be kept here except under a key that only that caller can have.
 */
export const clock = systemClock
export const http = createHttpClient({ clock })
export const download = createHttpDownload({ clock })
export const random = Math.random

/** LRU: a warm container lives for days, so with many tenants the least recently used provider is dropped. */
const kept = 100

/** Made once per container for everything its key stands for, and no more than {@link kept} at a time. */
export function oncePerContainer<T>(): (key: readonly unknown[], make: () => T) => T {
  const made = new Map<string, T>()
  return function obtain(key, make) {
    const name = JSON.stringify(key)
    const value = made.get(name) ?? make()
    made.delete(name)
    made.set(name, value)
    const [oldest] = made.keys()
    if (made.size > kept && oldest !== undefined) made.delete(oldest)
    return value
  }
}
