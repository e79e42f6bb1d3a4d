import * as z from 'zod'

const ms = z.number().int().nonnegative()
const positive = z.number().int().positive()

/**
 * Times and sizes of the delivery protocol that hold for every destination, with the defaults that its guarantees are
 * stated for. Overridden only to show or test the protocol at another pace; a destination has settings of its own.
 */
export const EngineSettings = z.object({
  /** A lease not renewed for this long is free. */
  leaseTtlMs: ms.default(90_000),
  /** The lease is renewed this often. */
  heartbeatMs: ms.default(30_000),
  /** A send begins and ends within this long of issuing its write-ahead `send-started`. */
  sendTimeoutMs: ms.default(60_000),
  /** How often a batch in doubt is looked up, and an accepted one polled, at first. */
  lookupEveryMs: ms.default(20_000),
  /** A run with nothing to do but wait ends when the wait is longer than this. */
  patienceMs: ms.default(60_000),
  /** A regrouped job waits this long after its last confirmation. */
  regroupAfterMs: ms.default(24 * 60 * 60_000),
  /** The time of the activation that must be left when a page, a commit or a release begins. */
  reserveMs: ms.default(15_000),
  /** Backpressure: extraction waits while this many batches are on their way. */
  outboxLimit: positive.default(256),
  /** Ordinary work of an incremental job waits no longer than this for a backfill. */
  backfillTurnMs: positive.default(10 * 60_000),
  /** Batches that one commit may carry. */
  commitBatches: positive.default(1_000),
  /** A confirmed batch is not looked for before: its destination shows nothing sooner. */
  arrivalAfterMs: ms.default(30 * 60_000),
  reportsKept: positive.default(20),
  /** New rejects that one commit may have before it fails early: their index must fit into memory. */
  commitRejects: positive.default(20_000),
  /** Open rejects a job may have; more need a person. */
  openRejects: positive.default(100_000),
  /** The same command within this long returns the first result. */
  commandMemoryMs: ms.default(60 * 60_000),
})
export type EngineSettings = z.infer<typeof EngineSettings>

/** The longest wait that a server may ask for (`Retry-After`): a longer one would block the job. */
export const longestWaitMs = 60 * 60_000
