import { types } from 'node:util'

type Container = Map<unknown, unknown> | unknown[]

/** The data of a server, in containers that it changes in place: stored, it can be given to a new server. */
export type Memory = Readonly<Record<string, Container>>

/** Replaces the content of the containers. One that was not stored becomes empty. */
export function refill(memory: Memory, stored: Memory): void {
  for (const [name, container] of Object.entries(memory)) {
    const content = stored[name]
    if (Array.isArray(container)) {
      // No spread: a suite of a million hits has more items than a call has arguments.
      container.length = 0
      for (const item of Array.isArray(content) ? content : []) container.push(item)
    } else {
      container.clear()
      for (const [key, value] of types.isMap(content) ? content : []) container.set(key, value)
    }
  }
}
