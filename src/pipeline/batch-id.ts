import type { BatchParts, Delivery } from '../destinations/destination'

/**
 * The id of a batch: the destination's key or name where its delivery kind has one, otherwise the label of the batch.
 */
export function batchId(delivery: Delivery, parts: BatchParts): string {
  if (delivery.kind === 'keyed') return delivery.key(parts)
  if (delivery.kind === 'named') return delivery.name(parts)
  return `${parts.batch}/${parts.generation}`
}
