/** The answer to one GET: content, version and the store's own time. */
export interface StoredBlob {
  readonly body: Buffer
  readonly etag: string
  /** `Last-Modified`, ms since the epoch, whole seconds. */
  readonly modifiedAt: number
  /** `Date` of this answer, ms since the epoch, whole seconds. */
  readonly storeNow: number
}

/** A missing blob; the answer still carries the store's time. */
export interface MissingBlob {
  readonly etag: null
  readonly storeNow: number
}

export type WriteCondition = { readonly ifMatch: string } | { readonly ifAbsent: true }

/**
 * `conflict`: the condition did not hold (409, 412). `unknown`: timeout, cut, 408 or 5xx, so it may have been written.
 */
export type WriteAnswer =
  | { readonly kind: 'written'; readonly etag: string; readonly storeNow: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unknown'; readonly message: string }

/**
 * Files with conditional writes. Every call is one attempt, except that an expired grant is renewed once.
 * @throws JobError `store-unreachable` (reads, lists, deletes), `store-refused` (denied for good)
 */
export interface BlobStore {
  read(path: string, signal?: AbortSignal): Promise<StoredBlob | MissingBlob>
  write(path: string, body: Uint8Array, condition: WriteCondition, signal?: AbortSignal): Promise<WriteAnswer>
  /** Idempotent: deleting a missing blob succeeds. */
  delete(path: string, signal?: AbortSignal): Promise<void>
  /** All paths under the prefix, page after page. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<string>
}
