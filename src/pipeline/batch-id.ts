import type { BatchParts, Delivery } from '../destinations/destination'

/** What a batch is called: by its destination where that has keys or names, else by its own label. */
export function batchId(delivery: Delivery, parts: BatchParts): string {
  if (delivery.kind === 'keyed') return delivery.key(parts)
  if (delivery.kind === 'named') return delivery.name(parts)
  return `${parts.batch}/${parts.generation}`
}
