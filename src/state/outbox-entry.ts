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

/** What every entry has, whatever its state. Self-contained: the batch goes out as staged, whatever the definition says now. */
const batch = {
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
  /** Of the staged bytes, hex. */
  sha256: z.string(),
  contentSha256: z.string(),
  /** Sends of these bytes after a failed import. */
  retries: count,
  /** Index into `identities`, of the destination it was staged for or last sent to. */
  identity: count,
  firstSentAt: storeTime.nullable(),
}

/** A committed batch on its way out: staged → sending → in-doubt | accepted → confirmed | held. */
export const OutboxEntry = z.discriminatedUnion('state', [
  z.object({ ...batch, state: z.literal('staged') }),
  /** The write-ahead intent of one request. */
  z.object({ ...batch, state: z.literal('sending') }),
  z.object({ ...batch, state: z.literal('in-doubt'), doubtFrom: storeTime }),
  z.object({ ...batch, state: z.literal('accepted'), receipt: z.string(), acceptedAt: storeTime }),
  /** Its file is being deleted. */
  z.object({ ...batch, state: z.literal('confirmed') }),
  z.object({ ...batch, state: z.literal('held'), hold: Hold }),
])
export type OutboxEntry = z.infer<typeof OutboxEntry>

export type EntryIn<State extends OutboxEntry['state']> = Extract<OutboxEntry, { state: State }>
