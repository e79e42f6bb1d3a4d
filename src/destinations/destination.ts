import type { Clock } from '../clock'
import type { HttpClient } from '../http/http-client'
import type { InputReference, Inputs } from '../inputs'
import type { Log } from '../log'

/** A record that cannot become a row: a stable reason code and where in the record or row it lies. */
export interface Reject {
  readonly code: string
  readonly path: string
  readonly message: string
}

/** A row in the destination's own notation. */
export interface EncodedRow {
  /** One line, with its line end, to be appended to the batch's file. */
  readonly line: string
  /** Index of the visitor group. */
  readonly group: number
  /** Seconds since the epoch: what order means inside a group. */
  readonly at: number
}

/** Where a batch goes. A staged batch keeps it, whatever the definition says later. */
export interface DestinationIdentity {
  readonly kind: string
  readonly baseUrl: string
  readonly clientId: string
  readonly orgId: string
  readonly reportSuite: string
}

/** A staged file on its way out. */
export interface OutgoingBatch {
  /** The destination's idempotency key. */
  readonly key: string
  /** The visitor group's name, as Adobe sees it. */
  readonly groupName: string
  readonly fileName: string
  readonly rows: number
  /** The staged bytes, compressed. */
  readonly bytes: Uint8Array
}

/** What the answer to a send proves. Counts are compared by the engine, not here. */
export type SendAnswer =
  | { readonly kind: 'accepted'; readonly rows: number; readonly invalidRows: number; readonly log: string }
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  | { readonly kind: 'unauthorized'; readonly message: string }
  | { readonly kind: 'not-permitted'; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  | { readonly kind: 'not-sent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }

/** `unknown` proves nothing: ask again. */
export type LookupAnswer =
  | { readonly kind: 'found'; readonly rows: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unauthorized'; readonly message: string }
  | { readonly kind: 'not-permitted'; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  | { readonly kind: 'not-sent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string }

/** `invalid` where the destination finds fault with the bytes; it stores nothing either way. */
export type CheckAnswer =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly message: string }
  | Exclude<LookupAnswer, { kind: 'found' | 'absent' }>

/**
 * Where rows go. All four calls are single attempts and never throw for what the network or the server does;
 * they throw only token errors and the signal's reason.
 */
export interface Destination<Row = unknown> {
  readonly identity: DestinationIdentity
  readonly groups: number
  /** Changes with anything that may move a visitor to another group: number of groups, hash, suite. */
  readonly grouping: string
  /** True where a row sent again replaces the one before instead of counting twice. */
  readonly corrects: boolean
  /** First line of every file, with its line end; '' where there is none. */
  readonly header: string
  groupName(group: number): string
  /** Pure and synchronous: it runs once a row. */
  encode(row: Row): EncodedRow | Reject
  /** Deterministic: the same batch always gets the same key. */
  key(parts: KeyParts): string
  /** How long a group rests after an answer to a file of `rows` rows, in ms. */
  restMs(rows: number): number
  readonly send: (batch: OutgoingBatch, signal: AbortSignal) => Promise<SendAnswer>
  readonly lookup: (batch: OutgoingBatch, signal: AbortSignal) => Promise<LookupAnswer>
  /** Asks whether the destination would accept every row of these bytes, without storing them. */
  readonly check: (batch: OutgoingBatch, signal: AbortSignal) => Promise<CheckAnswer>
}

export interface KeyParts {
  readonly job: string
  readonly groupName: string
  /** Slice, lane or commit number. */
  readonly unit: string
  /** Ordinal of the batch in its unit and group. */
  readonly ordinal: number
  readonly generation: number
  /** Of the uncompressed bytes, hex. */
  readonly sha256: string
}

/** Headers that authorise one request. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  /** Call when the server answered 401 to these headers: the next call mints anew. */
  drop(): Promise<void>
}

export interface DestinationContext {
  readonly job: string
  readonly inputs: Inputs
  readonly http: HttpClient
  /** @throws JobError when no token can be had */
  authorize(): Promise<Authorization>
  readonly identity: { readonly clientId: string; readonly orgId: string }
  readonly endpoints: { readonly collection: string; readonly analytics: string }
  readonly pace: Pace
  readonly clock: Clock
  readonly log: Log
}

/** The destination's published limits on how often it may be called. */
export interface Pace {
  /** Least time between two calls of this process, in ms. */
  readonly requestMs: number
  /** Least rest of a group after an answer, in ms. */
  readonly groupMs: number
  readonly rowsPerSecond: number
}

export interface DestinationDefinition<Row> {
  readonly kind: string
  readonly inputs: readonly InputReference[]
  open(context: DestinationContext): Destination<Row>
}
