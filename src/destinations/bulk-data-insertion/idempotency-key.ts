import { v5 as uuidV5 } from 'uuid'
import type { BatchParts } from '../destination'

/** The name space of this app's keys. */
const keySpace = 'b9d5c0f4-7f0a-5c57-9d11-4f1d7e1a2c66'

/** The idempotency key of a batch: a UUIDv5 (RFC 9562 §5.5) over all facts that identify the batch. */
export function idempotencyKey(reportSuite: string, parts: BatchParts): string {
  const { job, partition, batch, generation, contentSha256 } = parts
  return uuidV5(JSON.stringify([job, reportSuite, partition, batch, generation, contentSha256]), keySpace)
}
