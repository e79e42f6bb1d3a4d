import type { BatchFile, EncodedRow, FinishedFile, Format, Limits } from '../../destinations/destination'

export interface FinishedBatch extends FinishedFile {
  readonly partition: number
  /** Counts the batches of a partition. */
  readonly ordinal: number
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

/** A batch within this share of its limit counts as full where it may be closed: at the end of a page. */
const nearlyFull = 0.9

export function createBatcher(
  format: Pick<Format, 'open'>,
  limits: Pick<Limits, 'batchRows' | 'batchTextBytes' | 'batchStoredBytes'>,
  shortIdOf: (partition: number, ordinal: number) => string,
): Batcher {
  const open = new Map<number, BatchFile>()
  const full: { readonly partition: number; readonly file: BatchFile }[] = []
  const finished = new Map<number, number>()
  const opened = new Map<number, number>()
  let rows = 0

  function openFile(partition: number): BatchFile {
    const file = format.open(shortIdOf(partition, next(opened, partition)))
    open.set(partition, file)
    return file
  }

  /** Files of a partition are opened and finished in one order, so that both count alike. */
  async function finish(partition: number, file: BatchFile): Promise<FinishedBatch> {
    return { partition, ordinal: next(finished, partition), ...(await file.finish()) }
  }

  function reaches(file: BatchFile, share: number): boolean {
    return (
      file.textBytes >= limits.batchTextBytes * share || file.storedBytes >= limits.batchStoredBytes * share
    )
  }

  async function* finishFull(): AsyncIterable<FinishedBatch> {
    for (const { partition, file } of full.splice(0)) yield finish(partition, file)
  }

  return {
    get rows() {
      return rows
    },
    append({ line, partition }) {
      const file = open.get(partition) ?? openFile(partition)
      file.append(line)
      rows += 1
      if (file.rows >= limits.batchRows || reaches(file, 1)) {
        open.delete(partition)
        full.push({ partition, file })
      }
    },
    isFull: (rowsAhead) =>
      full.length > 0 ||
      [...open.values()].some(
        (file) => file.rows + rowsAhead > limits.batchRows || reaches(file, nearlyFull),
      ),
    async *full() {
      for (const file of open.values()) await file.drained()
      yield* finishFull()
    },
    async *flush() {
      yield* finishFull()
      for (const [partition, file] of [...open].sort(([a], [b]) => a - b)) {
        open.delete(partition)
        yield finish(partition, file)
      }
    },
  }
}

/** 0, 1, 2, … for each key. */
function next(counts: Map<number, number>, key: number): number {
  const count = counts.get(key) ?? 0
  counts.set(key, count + 1)
  return count
}
