import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { BatchFile } from '../../src/pipeline/staging/batch-file'

/** A batch that stays uncompressed, because zlib costs more than the rest of a schedule's batches together. */
export function openPlainFile(header: string): BatchFile {
  return openFile(header, (text) => Buffer.from(text))
}

/** A batch for worlds in which the product itself opens a staged file again; compressed without leaving the thread. */
export function openGzipFile(header: string): BatchFile {
  return openFile(header, (text) => gzipSync(text))
}

/** The text of a batch of either kind. */
export function textOf(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  return (isGzip ? gunzipSync(bytes) : Buffer.from(bytes)).toString()
}

function openFile(header: string, toBytes: (text: string) => Buffer): BatchFile {
  let text = header
  let rows = 0
  return {
    get rows() {
      return rows
    },
    get textBytes() {
      return text.length
    },
    gzipBytes: 0,
    append(line) {
      rows += 1
      text += line
    },
    settled: () => Promise.resolve(),
    finish: () => {
      const bytes = toBytes(text)
      return Promise.resolve({
        bytes,
        rows,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        textSha256: createHash('sha256').update(text).digest('hex'),
      })
    },
  }
}
