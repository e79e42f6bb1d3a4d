import { startEmulator } from '../emulator'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../emulator'
import type { Memory } from '../memory'

const daySeconds = 24 * 60 * 60
const keysPerPage = 1000
const maxValueBytes = 1024 * 1024

interface Entry {
  readonly value: Buffer
  /** ms since the epoch */
  readonly expiresAt: number
}

export interface StateEmulator extends Emulator {
  /** By `namespace/key`; expired entries stay until they are read. */
  readonly entries: Map<string, Entry>
  readonly memory: Memory
}

/**
 * App Builder State: the protocol of `@adobe/aio-lib-state` 5, which finds it through `AIO_STATE_ENDPOINT`.
 * Every entry expires, by default after a day.
 */
export async function startState({
  apiKey,
  now = Date.now,
  port = 0,
}: ServerOptions & { readonly apiKey: string }): Promise<StateEmulator> {
  const expected = `Basic ${Buffer.from(apiKey).toString('base64')}`
  const entries = new Map<string, Entry>()

  function live(id: string): Entry | undefined {
    const entry = entries.get(id)
    if (!entry || entry.expiresAt > now()) return entry
    entries.delete(id)
    return undefined
  }

  function get(id: string): Reply {
    const entry = live(id)
    if (!entry) return { status: 404 }
    return { status: 200, headers: { 'x-key-expires-ms': String(entry.expiresAt) }, body: entry.value }
  }

  function put(id: string, query: URLSearchParams, value: Buffer): Reply {
    const ttl = Number(query.get('ttl') ?? 0)
    if (!Number.isInteger(ttl) || ttl < 0 || ttl > 365 * daySeconds) return { status: 400, body: 'ttl' }
    if (value.length > maxValueBytes) return { status: 413 }
    entries.set(id, { value, expiresAt: now() + (ttl === 0 ? daySeconds : ttl) * 1000 })
    return { status: 200 }
  }

  function list(namespace: string, query: URLSearchParams): Reply {
    const pattern = (query.get('match') ?? '*').split('*').map((part) => part.replaceAll('.', '\\.'))
    const matching = new RegExp(`^${namespace}/${pattern.join('.*')}$`)
    const keys = [...entries.keys()].filter((id) => matching.test(id) && live(id))
    const from = Number(query.get('cursor') ?? 0)
    const page = keys.slice(from, from + keysPerPage).map((id) => id.slice(namespace.length + 1))
    const next = from + keysPerPage
    return { status: 200, body: { keys: page, cursor: next < keys.length ? next : 0 } }
  }

  function answer({ method, url, headers, body }: LoggedRequest): Reply {
    const { pathname, searchParams } = new URL(url, 'http://state')
    const [, namespace, key] = /^\/containers\/([\da-z-]+)\/data(?:\/([\w.-]{1,1024}))?$/.exec(pathname) ?? []
    if (namespace === undefined) return { status: 400, body: 'malformed namespace or key' }
    if (headers.authorization !== expected) return { status: 401 }
    if (key === undefined) return method === 'GET' ? list(namespace, searchParams) : { status: 405 }
    const id = `${namespace}/${key}`
    if (method === 'GET') return get(id)
    if (method === 'PUT') return put(id, searchParams, body)
    if (method !== 'DELETE') return { status: 405 }
    const found = live(id) !== undefined
    entries.delete(id)
    return { status: found ? 200 : 404 }
  }

  return { ...(await startEmulator(answer, { now, port })), entries, memory: { entries } }
}
