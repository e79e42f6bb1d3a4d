import * as z from 'zod'
import { parseJson } from '../http/json'
import { freshnessOf } from './freshness'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { KeyValueStore } from '../state/key-value-store'
import type { Sealer } from '../state/sealer'
import type { AccessToken, CachedTokenProvider, TokenProvider } from './token-provider'

const Shared = z.object({
  value: z.string(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  clientId: z.string(),
})

export interface SharedCache {
  readonly store: KeyValueStore
  readonly sealer: Sealer
  /** Identifies credential and organisation: equal keys share one token. */
  readonly key: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Caches a provider's token in a store, encrypted, so that containers share it. A failure of the store, or an entry that
 * cannot be opened, is a cache miss: the provider is called.
 */
export function cacheInStore(provider: TokenProvider, cache: SharedCache): CachedTokenProvider {
  const { store, sealer, key, clock, log } = cache

  async function attempt<T>(what: string, action: () => Promise<T>): Promise<T | null> {
    try {
      return await action()
    } catch (error) {
      log.debug(`The shared token could not be ${what}.`, {
        cause: error instanceof Error ? error.message : '',
      })
      return null
    }
  }

  async function stored(): Promise<z.infer<typeof Shared> | null> {
    const sealed = await attempt('read', () => store.get(key))
    const opened = sealed === null ? null : sealer.open(sealed, key)
    return opened === null ? null : (Shared.safeParse(parseJson(opened)).data ?? null)
  }

  async function current(): Promise<AccessToken> {
    const now = clock.now()
    const shared = await stored()
    if (shared && now < freshnessOf(shared, shared.mintedAt).freshUntil) return shared
    const minted = { ...(await provider()), mintedAt: clock.now() }
    const ttlSeconds = Math.floor((minted.expiresAt - minted.mintedAt) / 1000)
    if (ttlSeconds > 0) {
      await attempt('written', () => store.put(key, sealer.seal(JSON.stringify(minted), key), ttlSeconds))
    }
    return minted
  }

  return Object.assign(current, {
    async drop(token: AccessToken) {
      // A newer token of another container stays.
      if ((await stored())?.value === token.value) await attempt('deleted', () => store.delete(key))
    },
  })
}
