import type { BatchFile, EncodedRow, FinishedFile, Format, Limits } from '../../destinations/destination'

export interface FinishedBatch extends FinishedFile {
  readonly partition: number
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
): Batcher {
  const open = new Map<number, BatchFile>()
  const full: { readonly partition: number; readonly file: BatchFile }[] = []
  let rows = 0

  function reaches(file: BatchFile, share: number): boolean {
    return (
      file.textBytes >= limits.batchTextBytes * share || file.storedBytes >= limits.batchStoredBytes * share
    )
  }

  function close(partition: number, file: BatchFile): void {
    open.delete(partition)
    full.push({ partition, file })
  }

  function fileFor(partition: number, line: string): BatchFile {
    const current = open.get(partition)
    if (current && (current.accepts?.(line) ?? true)) return current
    if (current) close(partition, current)
    const file = format.open()
    open.set(partition, file)
    return file
  }

  async function* finishFull(): AsyncIterable<FinishedBatch> {
    for (const { partition, file } of full.splice(0)) yield { partition, ...(await file.finish()) }
  }

  return {
    get rows() {
      return rows
    },
    append({ line, partition }) {
      const file = fileFor(partition, line)
      file.append(line)
      rows += 1
      if (file.rows >= limits.batchRows || reaches(file, 1)) close(partition, file)
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
        yield { partition, ...(await file.finish()) }
      }
    },
  }
}
