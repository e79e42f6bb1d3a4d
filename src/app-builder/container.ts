import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'
import { createHttpDownload } from '../http/node-fetch-download'

/**
 * Objects that live as long as the container and serve every activation in it: connections, tokens. Data of a caller
 * may be kept here only under a key that no other caller can have.
 */
export const clock = systemClock
export const http = createHttpClient({ clock })
export const download = createHttpDownload({ clock })
export const random = Math.random

/** LRU: a warm container lives for days, so with many tenants the least recently used provider is dropped. */
const kept = 100

/** Makes one object per key and container, and keeps {@link kept} of them at most. */
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
