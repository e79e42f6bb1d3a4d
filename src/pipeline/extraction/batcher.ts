import type { BatchFile, EncodedRow, FinishedFile, Format, Limits } from '../../destinations/destination'
import type { Span } from '../../state/outbox-entry'

export interface FinishedBatch extends FinishedFile {
  readonly partition: number
  /** Counts the batches of a partition. */
  readonly ordinal: number
  /** Null where its rows have no time. */
  readonly span: Span | null
}

interface OpenBatch {
  readonly partition: number
  readonly ordinal: number
  readonly file: BatchFile
  first: number
  last: number
}

/** Distributes rows over one open batch per partition. */
export interface Batcher {
  readonly rows: number
  append(row: EncodedRow): void
  /** True where a batch is full, or `rowsAhead` more rows might fill one. */
  isFull(rowsAhead: number): boolean
  /** Waits for the encoders (backpressure); yields the batches that became full. */
  full(): AsyncIterable<FinishedBatch>
  /** Closes and yields everything, partition by partition. */
  flush(): AsyncIterable<FinishedBatch>
}

/** At the end of a page, where a batch may be closed, this share of its limit counts as full. */
const nearlyFull = 0.9

type FileLimits = Pick<Limits, 'batchRows' | 'batchTextBytes' | 'batchStoredBytes'>

export function createBatcher(
  format: Pick<Format, 'open'>,
  limits: FileLimits,
  shortIdOf: (partition: number, ordinal: number) => string,
): Batcher {
  const open = new Map<number, OpenBatch>()
  const full: OpenBatch[] = []
  const opened = new Map<number, number>()
  let rows = 0

  function openBatch(partition: number, order: number): OpenBatch {
    const ordinal = opened.get(partition) ?? 0
    opened.set(partition, ordinal + 1)
    const file = format.open(shortIdOf(partition, ordinal))
    const batch = { partition, ordinal, file, first: order, last: order }
    open.set(partition, batch)
    return batch
  }

  function close(batch: OpenBatch): void {
    open.delete(batch.partition)
    full.push(batch)
  }

  function batchFor(partition: number, line: string, order: number): OpenBatch {
    const current = open.get(partition)
    if (current?.file.accepts?.(line) === false) close(current)
    return open.get(partition) ?? openBatch(partition, order)
  }

  async function* finishFull(): AsyncIterable<FinishedBatch> {
    for (const batch of full.splice(0)) yield finish(batch)
  }

  return {
    get rows() {
      return rows
    },
    append({ line, partition, order }) {
      const batch = batchFor(partition, line, order)
      const { file } = batch
      file.append(line)
      rows += 1
      if (order < batch.first) batch.first = order
      if (order > batch.last) batch.last = order
      if (file.rows >= limits.batchRows || reaches(limits, file, 1)) close(batch)
    },
    isFull: (rowsAhead) =>
      full.length > 0 ||
      [...open.values()].some(
        ({ file }) => file.rows + rowsAhead > limits.batchRows || reaches(limits, file, nearlyFull),
      ),
    async *full() {
      for (const { file } of open.values()) await file.drained()
      yield* finishFull()
    },
    async *flush() {
      yield* finishFull()
      for (const batch of [...open.values()].sort((a, b) => a.partition - b.partition)) {
        open.delete(batch.partition)
        yield finish(batch)
      }
    },
  }
}

/** Destinations whose rows have no time give all of them the order 0. */
async function finish({ partition, ordinal, file, first, last }: OpenBatch): Promise<FinishedBatch> {
  const span = first === 0 && last === 0 ? null : { first, last }
  return { partition, ordinal, span, ...(await file.finish()) }
}

function reaches({ batchTextBytes, batchStoredBytes }: FileLimits, file: BatchFile, share: number): boolean {
  return file.textBytes >= batchTextBytes * share || file.storedBytes >= batchStoredBytes * share
}
