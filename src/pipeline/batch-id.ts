import { createHash } from 'node:crypto'
import type { BatchParts, Delivery } from '../destinations/destination'

/**
 * The id of a batch: the destination's key or name where its delivery kind has one, otherwise the label of the batch.
 */
export function batchId(delivery: Delivery, parts: BatchParts): string {
  if (delivery.kind === 'keyed') return delivery.key(parts)
  if (delivery.kind === 'named') return delivery.name(parts)
  return `${parts.batch}/${parts.generation}`
}

/**
 * 12 characters that name a batch before its rows are known, so that they can carry it: all of its parts but the content.
 * The same rows staged again after a crash carry the same, and so have the same content and id.
 */
export function shortBatchId({
  job,
  partition,
  batch,
  generation,
}: Omit<BatchParts, 'contentSha256'>): string {
  const digest = createHash('sha256').update(JSON.stringify([job, partition, batch, generation]))
  return digest.digest('hex').slice(0, 12)
}
