import { JobError } from '../../errors'
import { batchId, shortBatchId } from '../batch-id'
import { createBatcher } from './batcher'
import { mergeRows } from './sort/merge-rows'
import { createRowSorter } from './sort/row-sorter'
import type { EncodedRow, Format } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { FinishedBatch } from './batcher'
import type { RowSorter } from './sort/row-sorter'
import type { CommitContext, CommitOptions } from './commit-options'

/** Stages the rows of one commit in immutable files. Until the commit is written, the document names none of them. */
export interface StagedBatches {
  readonly rows: number
  /** The first rows, as they will be sent. */
  readonly sample: readonly string[]
  append(row: EncodedRow): void
  /** True where another page of `rowsAhead` rows should go into the next commit. */
  readonly isFull: (rowsAhead: number) => boolean
  /** Backpressure: waits for disk and encoders, and writes the batches that are full. */
  settle(): Promise<void>
  /**
   * Sorts the rows where they come unordered, writes the remaining batches, and returns the entries.
   * @param gone keys whose deletions follow the rows
   * @throws JobError `slice-too-large`
   */
  finish(gone?: AsyncIterable<readonly string[]>): Promise<readonly EntryIn<'staged'>[]>
  /** Frees the local disk. */
  readonly dispose: () => Promise<void>
}

/** Rows that a person is shown. */
const sampleRows = 5

export function createStagedBatches(
  { job, destination, settings, state, files, scratch }: CommitContext,
  { name, generation, sorts }: Pick<CommitOptions, 'name' | 'generation' | 'sorts'>,
): StagedBatches {
  const { format, partition, limits, delivery } = destination
  const batcher = createBatcher(format, limits, (index, ordinal) =>
    shortBatchId({ ...partsOf(index, ordinal), generation }),
  )
  const sorter = sorts ? createRowSorter(scratch) : null
  const entries: EntryIn<'staged'>[] = []
  const commit = state.document.commits + 1
  const sample: string[] = []
  let sorting = 0

  function partsOf(index: number, ordinal: number) {
    return { job: job.name, partition: partition.name(index), batch: `${name}/${index}-${ordinal}` }
  }

  async function stageFile(batch: FinishedBatch): Promise<void> {
    if (entries.length >= settings.commitBatches) throw tooLarge(name, settings.commitBatches)
    const { bytes, rows, span, sha256, contentSha256, ordinal, markers = [] } = batch
    const parts = partsOf(batch.partition, ordinal)
    const file = `${name}-${batch.partition}-${ordinal}.${format.extension}`
    await files.add(file, bytes)
    entries.push({
      ...{ state: 'staged', id: batchId(delivery, { ...parts, generation, contentSha256 }) },
      ...{ batch: parts.batch, run: state.run, file, partition: parts.partition, commit, generation },
      ...{ rows, span, sha256, contentSha256, retries: 0, identity: -1, firstSentAt: null },
      markers: [...markers],
    })
  }

  return {
    get rows() {
      return batcher.rows
    },
    sample,
    append(row) {
      if (sample.length < sampleRows) sample.push(row.line)
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
      await stageAll(batcher.full(), stageFile)
    },
    async finish(gone) {
      for await (const block of inOrder(sorter, gone, format, sample)) {
        for (const row of block) batcher.append(row)
        await stageAll(batcher.full(), stageFile)
      }
      await stageAll(batcher.flush(), stageFile)
      return entries
    },
    dispose: () => sorter?.dispose() ?? Promise.resolve(),
  }
}

/** The rows that were sorted, then the deletions. */
async function* inOrder(
  sorter: RowSorter | null,
  gone: AsyncIterable<readonly string[]> | undefined,
  format: Format,
  sample: string[],
): AsyncIterable<readonly EncodedRow[]> {
  yield* mergeRows(sorter?.sorted() ?? [], format)
  const { deletion } = format
  if (!gone || !deletion) return
  for await (const keys of gone) {
    const rows = keys.map(deletion)
    sample.push(...rows.slice(0, sampleRows - sample.length).map(({ line }) => line))
    yield rows
  }
}

async function stageAll(
  batches: AsyncIterable<FinishedBatch>,
  stageFile: (batch: FinishedBatch) => Promise<void>,
): Promise<void> {
  for await (const batch of batches) await stageFile(batch)
}

function tooLarge(name: string, limit: number): JobError {
  return new JobError(
    'slice-too-large',
    `${name} fills more than ${limit} batches, more than one commit may carry.`,
    'Give the job a shorter period, so that a commit carries less.',
    { details: { commit: name, limit } },
  )
}
