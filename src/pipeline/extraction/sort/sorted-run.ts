import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { EncodedRow } from '../../../destinations/destination'

/** Order as a double; partition, length of the line and of the key as 32-bit integers; then both in UTF-8. */
const headBytes = 20
/** As many runs as fit onto the disk are merged at once, with a buffer each. */
const bufferBytes = 32 * 1024

/** Appends rows to a file; returns how many bytes that took. One buffer serves all of them: a run has many small rows. */
export async function writeRun(file: FileHandle, rows: readonly EncodedRow[]): Promise<number> {
  let buffer = Buffer.allocUnsafe(bufferBytes)
  let used = 0
  let written = 0

  async function flush(): Promise<void> {
    await file.writeFile(buffer.subarray(0, used))
    written += used
    used = 0
  }

  for (const { order, partition, line, rowKey = '' } of rows) {
    const [lineBytes, keyBytes] = [Buffer.byteLength(line), Buffer.byteLength(rowKey)]
    const needed = headBytes + lineBytes + keyBytes
    if (used + needed > buffer.length) await flush()
    if (needed > buffer.length) buffer = Buffer.allocUnsafe(needed)
    buffer.writeDoubleLE(order, used)
    buffer.writeUInt32LE(partition, used + 8)
    buffer.writeUInt32LE(lineBytes, used + 12)
    buffer.writeUInt32LE(keyBytes, used + 16)
    buffer.write(line, used + headBytes)
    buffer.write(rowKey, used + headBytes + lineBytes)
    used += needed
  }
  await flush()
  return written
}

/** Reads the rows of a run back, one small buffer's worth at a time, all into the same buffer. */
export async function* readRun(path: string): AsyncGenerator<readonly EncodedRow[], undefined> {
  const file = await open(path, 'r')
  try {
    let buffer = Buffer.allocUnsafe(bufferBytes)
    let used = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, used, buffer.length - used)
      if (bytesRead === 0) return
      used += bytesRead
      const { rows, end } = rowsIn(buffer.subarray(0, used))
      buffer.copyWithin(0, end, used)
      used -= end
      if (used === buffer.length) buffer = Buffer.concat([buffer], used * 2)
      if (rows.length > 0) yield rows
    }
  } finally {
    await file.close()
  }
}

/** The complete rows at the beginning of a buffer, and the offset at which they end. */
function rowsIn(held: Buffer): { readonly rows: readonly EncodedRow[]; readonly end: number } {
  const rows: EncodedRow[] = []
  let offset = 0
  while (held.length - offset >= headBytes) {
    const lineEnd = offset + headBytes + held.readUInt32LE(offset + 12)
    const end = lineEnd + held.readUInt32LE(offset + 16)
    if (held.length < end) break
    const rowKey = held.toString('utf8', lineEnd, end)
    rows.push({
      kind: 'row',
      order: held.readDoubleLE(offset),
      partition: held.readUInt32LE(offset + 8),
      line: held.toString('utf8', offset + headBytes, lineEnd),
      ...(rowKey === '' ? {} : { rowKey }),
    })
    offset = end
  }
  return { rows, end: offset }
}
