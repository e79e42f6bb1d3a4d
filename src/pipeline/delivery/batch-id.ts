import { createHash } from 'node:crypto'
import type { BatchParts, Delivery } from '../../destinations/destination'

/**
 * The id of a batch: idempotency key, name at the destination, or a name of our own, by delivery kind.
 * Deterministic, so that a crash before the commit cannot give the same batch a second id.
 */
export function batchId(delivery: Delivery, parts: BatchParts): string {
  if (delivery.kind === 'keyed') return delivery.key(parts)
  if (delivery.kind === 'named') return delivery.name(parts)
  const { job, partition, batch, generation, contentSha256 } = parts
  const text = JSON.stringify([job, partition, batch, generation, contentSha256])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
