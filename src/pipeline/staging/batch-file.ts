import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip } from 'node:zlib'

/** Uncompressed bytes that may wait for the compressor before the producer must pause. */
const highWaterMark = 1024 * 1024
const chunkChars = 64 * 1024

export interface FinishedFile {
  readonly bytes: Buffer
  readonly rows: number
  /** Of the compressed bytes, hex. */
  readonly sha256: string
  /** Of the text, hex: compressors may differ, the text never does. */
  readonly textSha256: string
}

/** One batch in the making: text goes in line by line and is hashed and compressed as it comes. */
export interface BatchFile {
  readonly rows: number
  readonly textBytes: number
  readonly gzipBytes: number
  append(line: string): void
  /** Waits until the compressor has caught up enough for more. */
  settled(): Promise<void>
  finish(): Promise<FinishedFile>
}

/** @param header the file's first line, '' where there is none */
export type OpenBatchFile = (header: string) => BatchFile

/** A batch file that is compressed off the main thread. */
export function openBatchFile(header: string): BatchFile {
  const gzip = createGzip({ level: 6, writableHighWaterMark: highWaterMark } as object)
  const textHash = createHash('sha256')
  const chunks: Buffer[] = []
  let gzipBytes = 0
  let textBytes = 0
  let rows = 0
  let text = header
  let failure: unknown

  gzip.on('data', (chunk: Buffer) => {
    gzipBytes += chunk.length
    chunks.push(chunk)
  })
  gzip.on('error', (error) => (failure = error))

  function push(): void {
    if (text === '') return
    const chunk = Buffer.from(text, 'utf8')
    text = ''
    textBytes += chunk.length
    textHash.update(chunk)
    gzip.write(chunk)
  }

  return {
    get rows() {
      return rows
    },
    get textBytes() {
      return textBytes + text.length
    },
    get gzipBytes() {
      return gzipBytes
    },
    append(line) {
      rows += 1
      text += line
      if (text.length >= chunkChars) push()
    },
    async settled() {
      if (gzip.writableNeedDrain) await once(gzip, 'drain')
    },
    async finish() {
      push()
      const ended = once(gzip, 'end')
      gzip.end()
      await ended
      if (failure) throw failure as Error
      const bytes = Buffer.concat(chunks, gzipBytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { bytes, rows, sha256, textSha256: textHash.digest('hex') }
    },
  }
}
