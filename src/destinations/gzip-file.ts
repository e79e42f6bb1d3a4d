import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import type { BatchFile, FinishedFile } from './destination'

/** Uncompressed bytes that may wait for the compressor before the producer must pause. */
const highWaterMark = 1024 * 1024
const chunkChars = 256 * 1024
/** Size of the compressor's output chunks: larger chunks need fewer turns of the event loop. */
const chunkSize = 64 * 1024

/** A gzip file while it is written (RFC 1952): compressed off the main thread, hashed before and after compression. */
export interface GzipFile {
  /** Bytes of text so far. */
  readonly textBytes: number
  /** Compressed bytes so far. */
  readonly storedBytes: number
  write(chunk: Uint8Array): void
  /** Backpressure: resolves once the compressor has caught up enough for more. */
  drained(): Promise<void>
  finish(rows: number): Promise<FinishedFile>
}

export function createGzipFile(): GzipFile {
  const gzip = createGzip({ level: 6, chunkSize, writableHighWaterMark: highWaterMark } as object)
  const textHash = createHash('sha256')
  const chunks: Buffer[] = []
  let storedBytes = 0
  let textBytes = 0
  gzip.on('data', (chunk: Buffer) => {
    storedBytes += chunk.length
    chunks.push(chunk)
  })

  return {
    get textBytes() {
      return textBytes
    },
    get storedBytes() {
      return storedBytes
    },
    write(chunk) {
      textBytes += chunk.length
      textHash.update(chunk)
      gzip.write(chunk)
    },
    async drained() {
      if (gzip.writableNeedDrain) await once(gzip, 'drain')
    },
    async finish(rows) {
      const ended = once(gzip, 'end')
      gzip.end()
      await ended
      const bytes = Buffer.concat(chunks, storedBytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { bytes, rows, sha256, contentSha256: textHash.digest('hex') }
    },
  }
}

/**
 * A batch of text lines as a gzip file, its header first.
 * @param marker stands before each line as a first column of its own, which the header names
 */
export function openGzipBatch(header: string, marker?: string): BatchFile {
  const prefix = marker === undefined ? '' : `${marker},`
  const file = createGzipFile()
  let text = header
  let rows = 0

  function push(): void {
    if (text !== '') file.write(Buffer.from(text, 'utf8'))
    text = ''
  }

  return {
    get rows() {
      return rows
    },
    get textBytes() {
      return file.textBytes + text.length
    },
    get storedBytes() {
      return file.storedBytes
    },
    append(line) {
      rows += 1
      text += prefix + line
      if (text.length >= chunkChars) push()
    },
    drained: () => file.drained(),
    async finish() {
      push()
      const finished = await file.finish(rows)
      return marker === undefined ? finished : { ...finished, markers: [marker] }
    },
  }
}
