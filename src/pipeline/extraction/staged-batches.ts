import { JobError } from '../../errors'
import { batchId } from '../batch-id'
import { createBatcher } from './batcher'
import { mergeRows } from './sort/merge-rows'
import { createRowSorter } from './sort/row-sorter'
import type { EncodedRow } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { FinishedBatch } from './batcher'
import type { CommitContext, CommitOptions } from './commit-options'

/** The rows of one commit on their way into immutable files. Until the commit is written, no file of it is named. */
export interface StagedBatches {
  readonly rows: number
  append(row: EncodedRow): void
  /** True where another page of `rowsAhead` rows should go into the next commit. */
  readonly isFull: (rowsAhead: number) => boolean
  /** Backpressure: waits for disk and encoders, and writes the batches that are full. */
  settle(): Promise<void>
  /** Sorts where that is due, writes what is left, and returns the entries. @throws JobError `slice-too-large` */
  finish(): Promise<readonly EntryIn<'staged'>[]>
  /** Frees the local disk. */
  readonly dispose: () => Promise<void>
}

export function createStagedBatches(
  { job, destination, settings, state, files, scratch }: CommitContext,
  { name, generation, sorts }: Pick<CommitOptions, 'name' | 'generation' | 'sorts'>,
): StagedBatches {
  const { format, partition, limits, delivery } = destination
  const batcher = createBatcher(format, limits)
  const sorter = sorts ? createRowSorter(scratch) : null
  const entries: EntryIn<'staged'>[] = []
  const ordinals = new Map<number, number>()
  const commit = state.document.commits + 1
  let sorting = 0

  async function stageFile(batch: FinishedBatch): Promise<void> {
    if (entries.length >= settings.commitBatches) throw tooLarge(name, settings.commitBatches)
    const ordinal = ordinals.get(batch.partition) ?? 0
    ordinals.set(batch.partition, ordinal + 1)
    const label = `${name}/${batch.partition}-${ordinal}`
    const file = `${name}-${batch.partition}-${ordinal}.${format.extension}`
    const partitionName = partition.name(batch.partition)
    const { bytes, rows, span, sha256, contentSha256 } = batch
    const parts = { job: job.name, partition: partitionName, batch: label, generation, contentSha256 }
    await files.add(file, bytes)
    entries.push({
      ...{ state: 'staged', id: batchId(delivery, parts), batch: label, run: state.run, file },
      ...{ partition: partitionName, commit, generation, rows, span, sha256, contentSha256 },
      ...{ retries: 0, identity: -1, firstSentAt: null },
    })
  }

  async function writeFull(): Promise<void> {
    for await (const batch of batcher.full()) await stageFile(batch)
  }

  return {
    get rows() {
      return batcher.rows
    },
    append(row) {
      if (sorter) sorting += 1
      ;(sorter ?? batcher).append(row)
    },
    // Rows that are being sorted fill no batch yet: a commit then carries what may be under way at the same time.
    isFull: (rowsAhead) =>
      entries.length > 0 ||
      batcher.isFull(rowsAhead) ||
      sorting + rowsAhead > limits.batchRows * limits.underWay,
    async settle() {
      await sorter?.settle()
      await writeFull()
    },
    async finish() {
      const sorted = sorter?.sorted() ?? []
      for await (const block of format.merge ? mergeRows(sorted, format.merge) : sorted) {
        for (const row of block) batcher.append(row)
        await writeFull()
      }
      for await (const batch of batcher.flush()) await stageFile(batch)
      return entries
    },
    dispose: () => sorter?.dispose() ?? Promise.resolve(),
  }
}

function tooLarge(name: string, limit: number): JobError {
  return new JobError(
    'slice-too-large',
    `${name} fills more than ${limit} batches, more than one commit may carry.`,
    'Give the job a shorter period, so that a commit carries less.',
    { details: { commit: name, limit } },
  )
}
