import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createGzipFile } from '../gzip-file'
import type { FinishedFile } from '../destination'

const quote = 0x22
const lineFeed = 0x0a

/** Finds the ends of rows in text that comes in chunks: a line feed inside quotes ends none (RFC 4180 §2.6). */
interface RowScanner {
  /** Offset behind the next `rows` row ends of the chunk, and how many of them it has. */
  skip(chunk: Uint8Array, from: number, rows: number): { readonly offset: number; readonly found: number }
}

/**
 * Both halves of a gzip CSV file, each with its header; null where it has fewer than two rows. The file is read twice
 * as a stream, once to count: neither its text nor a half of it is ever in memory.
 */
export async function splitGzipCsv(bytes: Uint8Array): Promise<readonly [FinishedFile, FinishedFile] | null> {
  const rows = (await countRowEnds(bytes)) - 1
  if (rows < 2) return null
  const firstRows = Math.floor(rows / 2)
  const [first, second] = [createGzipFile(), createGzipFile()]
  const scanner = createRowScanner()
  let headerRows = 1
  let rowsLeft = firstRows
  for await (const chunk of textOf(bytes)) {
    const header = scanner.skip(chunk, 0, headerRows)
    const middle = scanner.skip(chunk, header.offset, rowsLeft)
    headerRows -= header.found
    rowsLeft -= middle.found
    first.write(chunk.subarray(0, middle.offset))
    second.write(chunk.subarray(0, header.offset))
    second.write(chunk.subarray(middle.offset))
    await Promise.all([first.drained(), second.drained()])
  }
  return [await first.finish(firstRows), await second.finish(rows - firstRows)]
}

async function countRowEnds(bytes: Uint8Array): Promise<number> {
  const scanner = createRowScanner()
  let count = 0
  for await (const chunk of textOf(bytes)) count += scanner.skip(chunk, 0, Infinity).found
  return count
}

/** Chunks of the uncompressed text, read one after the other. */
function textOf(bytes: Uint8Array): AsyncIterable<Buffer> {
  return Readable.from([bytes]).pipe(createGunzip())
}

function createRowScanner(): RowScanner {
  let quoted = false
  return {
    skip(chunk, from, rows) {
      let offset = from
      let found = 0
      for (; offset < chunk.length && found < rows; offset += 1) {
        if (chunk[offset] === quote) quoted = !quoted
        else if (chunk[offset] === lineFeed && !quoted) found += 1
      }
      return { offset, found }
    },
  }
}
