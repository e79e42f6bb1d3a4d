import { createHash } from 'node:crypto'
import { batchId } from '../batch-id'
import type { FinishedFile } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { DeliveryContext } from './delivery-context'

type Staged = EntryIn<'staged'>

/**
 * Stages both halves of a batch, in order; null where it has a single row. Deterministic: a crash before the commit
 * stages the same halves again.
 */
export async function splitBatch(
  context: Pick<DeliveryContext, 'destination' | 'files' | 'job' | 'state'>,
  entry: Staged,
  bytes: Uint8Array,
): Promise<readonly [Staged, Staged] | null> {
  const { delivery, format } = context.destination
  const { job, files, state } = context

  async function stageHalf(half: FinishedFile, suffix: 'a' | 'b'): Promise<Staged> {
    const { contentSha256, sha256, rows } = half
    const batch = `${entry.batch}/${suffix}`
    // Named by the batch, not by its content: two batches may have the same rows.
    const file = `half-${createHash('sha256').update(batch).digest('hex').slice(0, 32)}.${format.extension}`
    await files.add(file, half.bytes)
    const { partition, generation } = entry
    const id = batchId(delivery, { job, partition, batch, generation, contentSha256 })
    return {
      ...entry,
      id,
      batch,
      run: state.run,
      file,
      rows,
      sha256,
      contentSha256,
      state: 'staged',
      firstSentAt: null,
      retries: 0,
    }
  }

  const halves = await format.split(bytes)
  if (!halves) return null
  return [await stageHalf(halves[0], 'a'), await stageHalf(halves[1], 'b')]
}
