import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { createGzipFile } from '../gzip-file'
import type { FinishedFile } from '../destination'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const comma = 0x2c
const closingBracket = 0x5d

/** Bytes of a gzip file once uncompressed; exact below 4 GB (RFC 1952 §2.3.1, ISIZE). */
export function textBytesOf(gzip: Uint8Array): number {
  return Buffer.from(gzip.buffer, gzip.byteOffset, gzip.byteLength).readUInt32LE(gzip.byteLength - 4)
}

/** The text of a gzip file between `head` and `tail`, in one buffer of exactly that size; and its number of lines. */
export async function unpackBetween(
  head: string,
  gzip: Uint8Array,
  tail: string,
): Promise<{ readonly body: Buffer; readonly lines: number }> {
  const [before, after] = [Buffer.from(head), Buffer.from(tail)]
  const body = Buffer.allocUnsafe(before.length + textBytesOf(gzip) + after.length)
  before.copy(body)
  let at = before.length
  let lines = 0
  for await (const chunk of textOf(gzip)) {
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, end + 1)) lines += 1
    at += chunk.copy(body, at)
  }
  after.copy(body, at)
  return { body, lines }
}

/** JSON Lines as the JSON array that ends a body: `head`, `[` and the lines, `]`, `}`. JSON has no line feed inside texts. */
export async function unpackAsArray(
  head: string,
  gzip: Uint8Array,
): Promise<{ readonly body: Buffer; readonly lines: number }> {
  const unpacked = await unpackBetween(`${head}[`, gzip, '}')
  const { body } = unpacked
  for (let at = body.indexOf(lineFeed); at >= 0; at = body.indexOf(lineFeed, at + 1)) body[at] = comma
  body[body.length - 2] = closingBracket
  return unpacked
}

/** Both halves of a gzip file of rows; null where it has fewer than two. Neither its text nor a half is ever in memory. */
export async function splitJsonLines(
  bytes: Uint8Array,
): Promise<readonly [FinishedFile, FinishedFile] | null> {
  const rows = await countRows(bytes)
  if (rows < 2) return null
  const firstRows = Math.floor(rows / 2)
  const [first, second] = [createGzipFile(), createGzipFile()]
  const scanner = createRowScanner()
  let rowsLeft = firstRows
  for await (const chunk of textOf(bytes)) {
    const { offset, found } = scanner.skip(chunk, rowsLeft)
    rowsLeft -= found
    first.write(chunk.subarray(0, offset))
    second.write(chunk.subarray(offset))
    await Promise.all([first.drained(), second.drained()])
  }
  return [await first.finish(firstRows), await second.finish(rows - firstRows)]
}

async function countRows(bytes: Uint8Array): Promise<number> {
  const scanner = createRowScanner()
  let count = 0
  for await (const chunk of textOf(bytes)) count += scanner.skip(chunk, Infinity).found
  return count
}

/** Chunks of the uncompressed text, read one after the other. */
function textOf(bytes: Uint8Array): AsyncIterable<Buffer> {
  return Readable.from([bytes]).pipe(createGunzip())
}

/** Finds the ends of rows in text that comes in chunks: a line feed that follows a carriage return ends none. */
function createRowScanner() {
  let isWithinRow = false
  return {
    /** Offset behind the next `rows` row ends of the chunk, and how many of them it has. */
    skip(chunk: Uint8Array, rows: number): { readonly offset: number; readonly found: number } {
      let offset = 0
      let found = 0
      for (; offset < chunk.length && found < rows; offset += 1) {
        if (chunk[offset] === lineFeed && !isWithinRow) found += 1
        isWithinRow = chunk[offset] === carriageReturn
      }
      return { offset, found }
    },
  }
}
