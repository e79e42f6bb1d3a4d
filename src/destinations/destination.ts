import type * as z from 'zod'
import type { Clock } from '../clock'
import type { Redact } from '../http/foreign-text'
import type { HttpClient } from '../http/http-client'
import type { InputReference, Inputs } from '../inputs'
import type {
  KeyLookupAnswer,
  NameLookupAnswer,
  PollAnswer,
  PrepareAnswer,
  SendAnswer,
  VerifyAnswer,
} from './destination-answers'
import type { CheckAnswer } from './destination-check'
import type { ArrivalProof } from './destination-arrival'
import type { Format, Limits, Partitioning } from './destination-format'
import type { CommitSummary, ReviewAnswer } from './destination-review'

export type * from './destination-answers'
export type * from './destination-arrival'
export type * from './destination-check'
export type * from './destination-format'
export type * from './destination-review'

/** Identifies a destination. A batch in doubt can be looked up only with the same kind, address and account. */
export interface DestinationIdentity {
  readonly kind: string
  /** Base URL. */
  readonly address: string
  /** Credential and organisation, without secrets. */
  readonly account: string
  /** Report suite, dataset or account the rows land in. */
  readonly target: string
}

/** A staged file that is sent. */
export interface OutgoingBatch {
  /** Its idempotency key, its name at the destination, or the engine's own name for it: by delivery kind. */
  readonly id: string
  /** The partition's name, as the destination sees it. */
  readonly partition: string
  /** Name of the staged file. */
  readonly fileName: string
  readonly rows: number
  /** The staged bytes. */
  readonly bytes: Uint8Array
}

/** The facts of a batch that lookups and polls receive: its bytes need not be fetched for them. */
export type BatchFacts = Omit<OutgoingBatch, 'bytes'>

/** Makes a batch's id. Deterministic: the same parts always give the same id. */
export interface BatchParts {
  readonly job: string
  readonly partition: string
  /** Unique among all batches the job ever stages: commit, slice or backfill, ordinal, half. */
  readonly batch: string
  /** Increases each time a person has the same batch sent again. */
  readonly generation: number
  /** Of the text, hex. */
  readonly contentSha256: string
}

/** How a lost answer is settled: the delivery kind. */
export type Delivery =
  /** The destination has a lookup by idempotency key. */
  | {
      readonly kind: 'keyed'
      key(parts: BatchParts): string
      lookup(batch: BatchFacts, signal: AbortSignal): Promise<KeyLookupAnswer>
      /** Asks whether every row of a found batch is valid, where the lookup does not say. Stores nothing. */
      verify?(batch: OutgoingBatch, signal: AbortSignal): Promise<VerifyAnswer>
      /** An accepted batch shows in the lookup at most this long after its send window closed. */
      readonly visibleWithinMs: number
      /** For this long after the first send, a key that the lookup does not know was never accepted. */
      readonly rememberedMs: number
    }
  /** The destination lists its jobs by a name that we choose. */
  | {
      readonly kind: 'named'
      name(parts: BatchParts): string
      /** @param since ms since the epoch on the store's clock: when the batch was first sent; 0 where that is not known */
      lookup(batch: BatchFacts, since: number, signal: AbortSignal): Promise<NameLookupAnswer>
      readonly visibleWithinMs: number
    }
  /** Sending the same rows again changes nothing; only later values must wait until a lost request cannot take effect. */
  | { readonly kind: 'upsert'; readonly settleMs: number }

/** The time in which a request may begin and must end. */
export interface SendWindow {
  /** Aborted when the window closes or the run loses its lease. */
  readonly signal: AbortSignal
  /**
   * Ask right before the request leaves, after token and preparation: where it is false, the window has closed
   * (a frozen process has thawed) and the answer is `not-sent`.
   */
  readonly isOpen: () => boolean
}

/** The facts of a batch that is held until a person decides. */
export interface HeldFacts {
  readonly code: string
}

/** A destination's explanation of a held batch for a person; the engine adds the commands. */
export interface HoldExplanation {
  /** The known facts about the rows. */
  readonly known: string
  /** The risk of each choice, where the engine's own sentence is too general. */
  readonly risks?: Partial<Readonly<Record<'sent' | 'resend' | 'drop', string>>>
}

/**
 * The destination of rows. Calls are single attempts. Failures of the network and of the server are answers, not
 * exceptions; calls throw only token errors, the signal's reason, and JobErrors where the definition does not match the
 * server (`target-unresolved`). The engine paces them (`limits.requestIntervalMs`).
 */
export interface Destination<Row = unknown> {
  readonly identity: DestinationIdentity
  readonly format: Format<Row>
  readonly partition: Partitioning
  readonly limits: Limits
  /** The effect of a row that is sent again: it counts twice (`append`), or replaces the earlier one (`upsert`). */
  readonly semantics: Semantics
  readonly delivery: Delivery
  /**
   * Asked once before a commit with rows becomes durable. A concern makes the commit a plan: its batches wait until a
   * person approves them. Where it cannot answer, the run fails and nothing is committed. Sends and changes nothing.
   */
  review?(commit: CommitSummary, signal: AbortSignal): Promise<ReviewAnswer>
  /**
   * Compares the definition with the live target, for a person: `npm run doctor -- --job` and dry runs. It asks for what
   * the target can tell (that what the definition names exists and is enabled, its types, what it does to the values)
   * and names each part to change, all of them; what cannot be asked it says to be declared. Writes nothing.
   *
   * @param rows a sample as `map` makes them, at most 1,000; empty where none could be read
   * @throws token errors, and `input-missing` where an input that only the check needs is unset
   */
  check?(rows: readonly Row[], signal: AbortSignal): Promise<CheckAnswer>
  /** Asynchronous uploads: the requests before {@link send}, which alone makes the batch count. Repeatable. */
  prepare?(batch: OutgoingBatch, signal: AbortSignal): Promise<PrepareAnswer>
  /** The one request that makes the batch count. @param handle of {@link prepare}, '' where there is none */
  send(batch: OutgoingBatch, window: SendWindow, handle: string): Promise<SendAnswer>
  /** Present where `accepted` does not yet mean that the rows are stored. */
  poll?(batch: BatchFacts, receipt: string, signal: AbortSignal): Promise<PollAnswer>
  /** Present where it can be asked whether confirmed rows have arrived. */
  readonly arrival?: ArrivalProof
  /** Null where it has nothing to add to the engine's own text. */
  explain?(held: HeldFacts): HoldExplanation | null
  /** Remedies for the errors that end a delivery, more specific than the engine's own. */
  readonly remedies?: Readonly<Partial<Record<DestinationFault, string>>>
}

/** Codes of the errors that end a delivery. */
export type DestinationFault = 'not-authorized' | 'not-permitted' | 'destination-unreachable'

export type Semantics = 'append' | 'upsert'

/** Headers that authorise one request. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>
  /** Call when the server answered 401 to these headers: the next call mints a new token. */
  drop(): Promise<void>
}

export interface DestinationContext {
  readonly job: string
  readonly inputs: Inputs
  readonly http: HttpClient
  /** @throws JobError when no token can be had */
  authorize(): Promise<Authorization>
  /** Client and organisation of the credential: an idempotency key can only be looked up by the same pair. */
  readonly credential: { readonly clientId: string; readonly orgId: string }
  readonly endpoints: { readonly collection: string; readonly analytics: string }
  /** `DELIVERY_SETTINGS`, still unchecked. */
  readonly settings: unknown
  readonly clock: Clock
  /** Replaces known secrets. It must get a server's whole text, before that is cut (`foreignText`). */
  readonly redact: Redact
}

/** A destination as a job describes it: plain data plus the way to open it. */
export interface DestinationDefinition<Row = unknown, S extends Semantics = Semantics> {
  readonly kind: string
  readonly semantics: S
  readonly inputs: readonly InputReference[]
  /** Times and sizes that `DELIVERY_SETTINGS` may override, with their defaults. */
  readonly settings: z.ZodObject
  /** Faults of the definition. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  open(context: DestinationContext): Destination<Row>
}
