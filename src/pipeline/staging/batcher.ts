import type { EncodedRow } from '../../destinations/destination'
import type { BatchFile, FinishedFile, OpenBatchFile } from './batch-file'
import type { Settings } from '../settings'

export interface FinishedBatch extends FinishedFile {
  readonly group: number
}

/** Distributes rows over one open batch per visitor group. */
export interface Batcher {
  readonly rows: number
  append(row: EncodedRow): void
  /** True where a batch is full, or `rowsAhead` more rows might fill one. */
  isFull(rowsAhead: number): boolean
  /** Waits for the compressors; yields the batches that became full. */
  full(): AsyncIterable<FinishedBatch>
  /** Closes and yields everything, group by group. */
  rest(): AsyncIterable<FinishedBatch>
}

/** A batch within this share of its limit counts as full where it may be closed: at the end of a page. */
const nearlyFull = 0.9

export function createBatcher(header: string, settings: Settings, openFile: OpenBatchFile): Batcher {
  const open = new Map<number, BatchFile>()
  const full: { group: number; file: BatchFile }[] = []
  let rows = 0

  function reaches(file: BatchFile, share: number): boolean {
    return file.textBytes >= settings.batchBytes * share || file.gzipBytes >= settings.batchGzipBytes * share
  }

  async function* finishFull(): AsyncIterable<FinishedBatch> {
    for (const { group, file } of full.splice(0)) yield { group, ...(await file.finish()) }
  }

  return {
    get rows() {
      return rows
    },
    append({ line, group }) {
      let file = open.get(group)
      if (!file) {
        file = openFile(header)
        open.set(group, file)
      }
      file.append(line)
      rows += 1
      if (file.rows >= settings.batchRows || reaches(file, 1)) {
        open.delete(group)
        full.push({ group, file })
      }
    },
    isFull: (rowsAhead) =>
      full.length > 0 ||
      [...open.values()].some(
        (file) => file.rows + rowsAhead > settings.batchRows || reaches(file, nearlyFull),
      ),
    async *full() {
      for (const file of open.values()) await file.settled()
      yield* finishFull()
    },
    async *rest() {
      yield* finishFull()
      for (const [group, file] of [...open].sort(([a], [b]) => a - b)) {
        open.delete(group)
        yield { group, ...(await file.finish()) }
      }
    },
  }
}
