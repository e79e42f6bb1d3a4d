import * as z from 'zod'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()
const count = z.number().int()

export const Hold = z.object({
  code: z.enum([
    'invalid-rows',
    'rejected',
    'row-too-large',
    'key-collision',
    'too-old-to-ask',
    'found-twice',
    'ingested-in-part',
    'processing-failed',
    'file-missing',
    'file-damaged',
  ]),
  message: z.string(),
  since: storeTime,
})
export type Hold = z.infer<typeof Hold>

/** Seconds since the epoch, both ends included. */
export const Span = z.object({ first: z.number(), last: z.number() })
export type Span = z.infer<typeof Span>

/**
 * The members of an entry in any state. Self-contained: the batch is sent as it was staged, also after the definition
 * has changed.
 */
export const Batch = z.object({
  /** Idempotency key, name or label: by delivery kind. Names the batch towards people. */
  id: z.string(),
  /** Unique among all batches of the job; part of the id. */
  batch: z.string(),
  run: z.string(),
  file: z.string(),
  partition: z.string(),
  /** Number of the commit that brought it. */
  commit: count,
  generation: count,
  rows: count,
  /**
   * Least and greatest `order` of its rows (for a half, of the rows of the whole batch); null where rows have no time.
   */
  span: Span.nullable().default(null),
  /** Of the staged bytes, hex. */
  sha256: z.string(),
  contentSha256: z.string(),
  /** Sends of these bytes after a failed import. */
  retries: count,
  /** Index into `identities`, of the destination it was staged for or last sent to. */
  identity: count,
  firstSentAt: storeTime.nullable(),
  /** The marks by which its rows can be recognised at the destination; of a half, those of the whole. */
  markers: z.array(z.string()).default([]),
})
export type Batch = z.infer<typeof Batch>

/** A committed batch on its way out: (planned →) staged → sending → in-doubt | accepted → confirmed | held. */
export const OutboxEntry = z.discriminatedUnion('state', [
  /** Waits until a person approves its plan. */
  Batch.extend({ state: z.literal('planned') }),
  Batch.extend({ state: z.literal('staged') }),
  /** The write-ahead intent of one request. */
  Batch.extend({ state: z.literal('sending') }),
  Batch.extend({ state: z.literal('in-doubt'), doubtFrom: storeTime }),
  Batch.extend({ state: z.literal('accepted'), receipt: z.string(), acceptedAt: storeTime }),
  /** Its file is being deleted. */
  Batch.extend({ state: z.literal('confirmed') }),
  Batch.extend({ state: z.literal('held'), hold: Hold }),
])
export type OutboxEntry = z.infer<typeof OutboxEntry>

export type EntryIn<State extends OutboxEntry['state']> = Extract<OutboxEntry, { state: State }>

/** The members of an entry that stay when its state changes. */
export function batchOf(entry: OutboxEntry): Batch {
  return {
    id: entry.id,
    batch: entry.batch,
    run: entry.run,
    file: entry.file,
    partition: entry.partition,
    commit: entry.commit,
    generation: entry.generation,
    rows: entry.rows,
    span: entry.span,
    sha256: entry.sha256,
    contentSha256: entry.contentSha256,
    retries: entry.retries,
    identity: entry.identity,
    firstSentAt: entry.firstSentAt,
    markers: entry.markers,
  }
}
