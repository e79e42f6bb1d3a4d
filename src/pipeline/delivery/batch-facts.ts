import type { BatchFacts } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/outbox-entry'

/** What lookups and polls are told of a batch. */
export function factsOf({ id, partition, file, rows }: OutboxEntry): BatchFacts {
  return { id, partition, fileName: file, rows }
}
