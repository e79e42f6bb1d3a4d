/*
 * A `message` or `log` that repeats what a server wrote has passed `foreignText`: the engine hides only the secrets that
 * it knows.
 */

/** Answers that come before the destination looks at the batch: nothing was ingested, nothing is known. */
export type Refusal =
  | { readonly kind: 'unauthorized'; readonly message: string }
  | { readonly kind: 'not-permitted'; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  /** No byte of the request left this process. */
  | { readonly kind: 'not-sent'; readonly message: string }

/** Proves nothing: ask again. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly message: string
}

/** The proof in the answer to a send. The engine compares the counts. */
export type SendAnswer =
  | {
      readonly kind: 'accepted'
      /** Asynchronous destinations: the id to poll with. */
      readonly receipt?: string
      /** Present where the answer counts them. */
      readonly rows?: number
      readonly invalidRows?: number
      /** The destination's text about the rows that it refused. */
      readonly log?: string
    }
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  | Refusal
  | Unknown

/** Keyed: `found` with the number of rows that came. */
export type KeyLookupAnswer =
  { readonly kind: 'found'; readonly rows: number } | { readonly kind: 'absent' } | Refusal | Unknown

/** Named: `found` with the receipt of every job of that name. */
export type NameLookupAnswer =
  | { readonly kind: 'found'; readonly receipts: readonly [string, ...string[]] }
  | { readonly kind: 'absent' }
  | Refusal
  | Unknown

/** `invalid` where the destination reports invalid rows; it stores nothing in either case. */
export type VerifyAnswer =
  { readonly kind: 'valid' } | { readonly kind: 'invalid'; readonly message: string } | Refusal | Unknown

/** `handle` is passed to the send that follows. Repeatable: a second preparation does no harm. */
export type PrepareAnswer =
  | { readonly kind: 'prepared'; readonly handle: string }
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  | Refusal
  | Unknown

/** State of an asynchronous import. */
export type PollAnswer =
  | { readonly kind: 'processing' }
  | { readonly kind: 'done'; readonly rows?: number }
  /**
   * `rejected`: it refused the batch; `broken`: it failed while it worked on it.
   * `rows`: how many rows are stored all the same; absent where the destination does not say.
   */
  | {
      readonly kind: 'failed'
      readonly cause: 'rejected' | 'broken'
      readonly rows?: number
      readonly message: string
    }
  | Refusal
  | Unknown
