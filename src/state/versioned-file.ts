import { JobError } from '../errors'
import type { Clock } from '../clock'
import type { BlobStore, StoredBlob, WriteCondition } from './blob-store'

/** A version of a file, as the store knows it. */
export interface FileVersion<T> {
  readonly content: T
  readonly etag: string
  /** ms since the epoch on the store's clock, whole seconds. */
  readonly modifiedAt: number
  /** The store's time when it was read. */
  readonly storeNow: number
}

/** `superseded`: another writer won; `found` is its version, null where it deleted the file. */
export type WriteOutcome<T> =
  | { readonly kind: 'applied'; readonly etag: string }
  | { readonly kind: 'superseded'; readonly found: FileVersion<T> | null }

/** A small file that several processes write: compare-and-swap on its ETag, with every unknown outcome settled. */
export interface VersionedFile<T> {
  readonly path: string
  /** Null where there is no such file. @throws JobError `store-unreachable`, `store-refused`, and what `decode` throws */
  read(signal?: AbortSignal): Promise<FileVersion<T> | null>
  /**
   * Replaces the version `over`, or creates the file where `over` is null.
   * @throws JobError `store-unreachable` where the outcome stays unknown, `store-refused`, and what `decode` throws
   */
  write(content: T, over: string | null, signal?: AbortSignal): Promise<WriteOutcome<T>>
}

export interface VersionedFileOptions<T> {
  readonly path: string
  readonly store: BlobStore
  readonly clock: Clock
  /** How long the outcome of an unanswered write is looked up before the write fails, in ms. */
  readonly patienceMs: number
  /**
   * Two writes must differ in their bytes, by a fresh write id or a nonce, unless it does not matter which of them was
   * applied: stored bytes that equal ours count as our write.
   */
  readonly encode: (content: T) => Uint8Array
  readonly decode: (body: Buffer) => T
  /** Receives the store's time with each answer, in ms since the epoch. */
  readonly observe?: (storeNow: number) => void
}

const firstPauseMs = 250
const longestPauseMs = 10_000
const readPauseMs = 1_000

export function openVersionedFile<T>(options: VersionedFileOptions<T>): VersionedFile<T> {
  const { path, store, clock, patienceMs, encode, decode, observe } = options

  /** A version with its bytes: decoded only where the caller needs the content. */
  async function fetch(signal?: AbortSignal): Promise<StoredBlob | null> {
    const blob = await store.read(path, signal)
    observe?.(blob.storeNow)
    return blob.etag === null ? null : blob
  }

  function versionOf({ body, ...version }: StoredBlob): FileVersion<T> {
    return { ...version, content: decode(body) }
  }

  /** Repeats a read that got no answer, until `giveUpAt` (monotonic). */
  async function fetchUntil(giveUpAt: number, signal?: AbortSignal): ReturnType<typeof fetch> {
    for (;;) {
      try {
        return await fetch(signal)
      } catch (error) {
        const passing = error instanceof JobError && error.code === 'store-unreachable'
        if (!passing || clock.monotonic() >= giveUpAt) throw error
        await clock.sleep(readPauseMs, signal)
      }
    }
  }

  return {
    path,
    async read(signal) {
      const found = await fetch(signal)
      return found && versionOf(found)
    },
    async write(content, over, signal) {
      const body = encode(content)
      const condition: WriteCondition = over === null ? { ifAbsent: true } : { ifMatch: over }
      const giveUpAt = clock.monotonic() + patienceMs
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const answer = await store.write(path, body, condition, signal)
        if (answer.kind === 'written') {
          observe?.(answer.storeNow)
          return { kind: 'applied', etag: answer.etag }
        }
        // Outcome unknown: re-read. Our bytes → applied. Unchanged ETag → not applied, retry. Otherwise → another writer won.
        const found = await fetchUntil(giveUpAt, signal)
        if (found?.body.equals(body)) return { kind: 'applied', etag: found.etag }
        if ((found?.etag ?? null) !== over) {
          return { kind: 'superseded', found: found && versionOf(found) }
        }
        if (clock.monotonic() >= giveUpAt) throw unsettled(path, answer)
        await clock.sleep(pauseMs, signal)
      }
    },
  }
}

function unsettled(
  path: string,
  answer: { kind: 'conflict' } | { kind: 'unknown'; message: string },
): JobError {
  const why =
    answer.kind === 'unknown' ? answer.message : 'the store reports a conflict for an unchanged file'
  return new JobError(
    'store-unreachable',
    `The file ${path} could not be written: ${why}.`,
    'Nothing is lost: the next tick carries on; a link in the browser can be opened again in some minutes. If the error stays, check the status of the file store.',
  )
}
