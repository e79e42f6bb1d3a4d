import * as z from 'zod'
import { parseJson } from '../http/json'
import { openVersionedFile } from '../state/versioned-file'
import { Alert } from './alert'
import { Told } from './changes'
import type { Clock } from '../clock'
import type { BlobStore } from '../state/blob-store'
import type { VersionedFile } from '../state/versioned-file'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()

/** What the watchdog knows of one name: a job, a job for a tenant, or a tenant. */
export const WatchedName = z.object({
  /** First look. */
  since: storeTime,
  /** The newest report of the last look. */
  seen: z.object({ run: z.string(), endedAt: z.string() }).nullable(),
  told: Told,
})
export type WatchedName = z.infer<typeof WatchedName>

export const LastWatch = z.object({
  activation: z.string(),
  endedAt: z.string(),
  outcome: z.enum(['succeeded', 'partial', 'failed']),
  /** Names without a declared period: their silence is not noticed. */
  unwatched: z.array(z.string()),
})

/** All that the watchdog remembers, in one file of its own: no job's state is ever written by it. */
export const WatchContent = z.object({
  version: z.literal(1),
  /** Fresh with every write. */
  write: z.string(),
  /** The activation at work: another one does nothing until `until`. */
  claim: z.object({ activation: z.string(), until: storeTime }).nullable(),
  /** Where messages go. Another channel is told all that holds. */
  channel: z.string(),
  /** The receiver asked to be left alone until then (`Retry-After`). */
  notBefore: storeTime,
  names: z.record(z.string(), WatchedName),
  /** Written ahead: messages that the receiver has not acknowledged, oldest first. */
  toTell: z.array(Alert),
  last: LastWatch.nullable(),
})
export type WatchContent = z.infer<typeof WatchContent>

export const watchPath = 'alerts/watchdog.json'
/** An action of minutes has no more time for a write whose outcome is unknown. */
const patienceMs = 30_000

export function emptyWatch(channel: string): WatchContent {
  return {
    ...{ version: 1, write: '', claim: null, channel, notBefore: 0 },
    ...{ names: {}, toTell: [], last: null },
  }
}

/** Its content is null where the file is damaged: it is replaced, because alerts must go on. */
export function openWatchFile(
  store: BlobStore,
  clock: Clock,
  observe?: (storeNow: number) => void,
): VersionedFile<WatchContent | null> {
  return openVersionedFile({
    ...{ path: watchPath, store, clock, patienceMs },
    ...(observe ? { observe } : {}),
    encode: (content) => Buffer.from(JSON.stringify(content)),
    decode: (body) => WatchContent.safeParse(parseJson(body)).data ?? null,
  })
}
