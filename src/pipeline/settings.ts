import * as z from 'zod'

const ms = z.number().int().nonnegative()

/**
 * Every time and size of the delivery protocol, with the defaults that its guarantees are stated for.
 * Overridden only to show or test the protocol at another pace.
 */
export const Settings = z.strictObject({
  /** A lease not renewed for this long is free. */
  leaseTtlMs: ms.default(90_000),
  /** The lease is renewed this often. */
  heartbeatMs: ms.default(30_000),
  /** A send begins and ends within this long of issuing its `sending` write. */
  sendTimeoutMs: ms.default(60_000),
  /** An accepted file shows in the lookup at most this long after its send window closed. */
  settleMs: ms.default(15 * 60_000),
  /** For this long after the first send, a key that the lookup does not know was never accepted. */
  trustMs: ms.default(24 * 60 * 60_000),
  /** How often a batch in doubt is looked up. */
  lookupEveryMs: ms.default(20_000),
  /** A run with nothing to do but wait ends when the wait is longer than this. */
  patienceMs: ms.default(60_000),
  /** A regrouped or re-addressed job rests this long after its last confirmation. */
  regroupAfterMs: ms.default(24 * 60 * 60_000),
  /** What must be left of the activation when a page, a commit or a release begins. */
  reserveMs: ms.default(15_000),
  batchRows: z.number().int().positive().default(40_000),
  /** Uncompressed. */
  batchBytes: z.number().int().positive().default(100_000_000),
  /** Compressed. */
  batchGzipBytes: z.number().int().positive().default(20_000_000),
  /** Extraction waits while this many batches are on their way. */
  outboxLimit: z.number().int().positive().default(256),
  sliceBatches: z.number().int().positive().default(1_000),
  reportsKept: z.number().int().positive().default(20),
  /** Least time between two calls to the destination. */
  requestMs: ms.default(1_000),
  /** Least rest of a visitor group after an answer. */
  groupMs: ms.default(20_000),
  rowsPerSecond: z.number().int().positive().default(2_000),
})
export type Settings = z.infer<typeof Settings>
