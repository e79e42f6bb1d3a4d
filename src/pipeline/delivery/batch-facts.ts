import type { BatchFacts } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/outbox-entry'

/** The facts of a batch that a destination's lookup and poll receive. */
export function factsOf({ id, partition, file, rows }: OutboxEntry): BatchFacts {
  return { id, partition, fileName: file, rows }
}
