import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { KeyValueStore } from '../../state/key-value-store'

/** A year: the longest the service keeps anything. 0 would mean its default of a day. */
const maxTtlSeconds = 365 * 24 * 60 * 60
/** Time limit of a call: the library waits without limit, also as long as a `Retry-After` asks. */
const timeLimitMs = 10_000

/** Permanent failures that the library reports by name: a retry would fail again. */
const refusals = new Set([
  'ERROR_UNAUTHORIZED',
  'ERROR_BAD_CREDENTIALS',
  'ERROR_PAYLOAD_TOO_LARGE',
  'ERROR_BAD_ARGUMENT',
  'ERROR_BAD_REQUEST',
])

/** Undefined for a missing key, which the library's own types do not declare. */
const Found = z.object({ value: z.string() }).optional()

/**
 * App Builder State through `@adobe/aio-lib-state`, loaded on first use. Keys are hashed, because the service takes
 * letters, digits and `-_.` only, 1,024 at most.
 */
export function createStateStore(options: {
  readonly namespace: string
  readonly apiKey: string
  readonly clock: Clock
}): KeyValueStore {
  const { namespace, apiKey, clock } = options
  let opened: ReturnType<typeof open> | null = null

  async function open() {
    const { init } = await import('@adobe/aio-lib-state')
    // The library's warnings would bypass our log.
    return init({ ow: { namespace, auth: apiKey }, logRetryAfterSeconds: 0 })
  }

  async function attempt<T>(
    operation: 'get' | 'put' | 'delete',
    run: (state: Awaited<ReturnType<typeof open>>) => Promise<T>,
  ): Promise<T> {
    const timer = new AbortController()
    const expiry = clock.sleep(timeLimitMs, timer.signal).then(() => {
      throw unreachable(operation, `no answer within ${timeLimitMs} ms`)
    })
    try {
      opened ??= open()
      return await Promise.race([opened.then(run), expiry])
    } catch (error) {
      throw error instanceof JobError ? error : failure(operation, error)
    } finally {
      timer.abort()
    }
  }

  return {
    get: (key) => attempt('get', async (state) => Found.parse(await state.get(hashed(key)))?.value ?? null),
    async put(key, value, ttlSeconds) {
      const ttl = Math.min(Math.max(1, Math.floor(ttlSeconds)), maxTtlSeconds)
      await attempt('put', (state) => state.put(hashed(key), value, { ttl }))
    },
    async delete(key) {
      await attempt('delete', (state) => state.delete(hashed(key)))
    },
  }
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

const LibraryError = z.object({ code: z.string() })

/** The library's error is not kept as the cause: it repeats the value that was to be stored. */
function failure(operation: string, error: unknown): JobError {
  const code = LibraryError.safeParse(error).data?.code ?? 'no usable answer'
  if (!refusals.has(code)) return unreachable(operation, code)
  return new JobError(
    'store-refused',
    `A ${operation} in App Builder State was refused: ${code}.`,
    'Annotate the action with `provide-api-key: true` in ext.config.yaml and deploy again; values may have 1 MB.',
  )
}

function unreachable(operation: string, reason: string): JobError {
  return new JobError(
    'store-unreachable',
    `A ${operation} in App Builder State failed: ${reason}.`,
    'Nothing is lost: only data that can be fetched again is kept there. If the error stays, check the status of App Builder State.',
  )
}
