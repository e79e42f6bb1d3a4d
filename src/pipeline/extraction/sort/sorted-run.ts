import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { EncodedRow } from '../../../destinations/destination'

/** Order as a double; partition, length of the line and of the key as 32-bit integers; then both in UTF-8. */
const headBytes = 20
const bufferBytes = 64 * 1024

/** Appends rows to a file; returns how many bytes that took. */
export async function writeRun(file: FileHandle, rows: readonly EncodedRow[]): Promise<number> {
  const parts: Buffer[] = []
  for (const { order, partition, line, rowKey = '' } of rows) {
    const text = Buffer.from(line, 'utf8')
    const key = Buffer.from(rowKey, 'utf8')
    const head = Buffer.allocUnsafe(headBytes)
    head.writeDoubleLE(order, 0)
    head.writeUInt32LE(partition, 8)
    head.writeUInt32LE(text.length, 12)
    head.writeUInt32LE(key.length, 16)
    parts.push(head, text, key)
  }
  const bytes = Buffer.concat(parts)
  await file.writeFile(bytes)
  return bytes.length
}

/** Reads the rows of a run back, one small buffer's worth at a time. */
export async function* readRun(path: string): AsyncGenerator<readonly EncodedRow[], undefined> {
  const file = await open(path, 'r')
  try {
    let held = Buffer.alloc(0)
    for (;;) {
      const { rows, end } = rowsIn(held)
      if (rows.length > 0) yield rows
      const next = Buffer.allocUnsafe(bufferBytes)
      const { bytesRead } = await file.read(next, 0, bufferBytes)
      if (bytesRead === 0) return
      held = Buffer.concat([held.subarray(end), next.subarray(0, bytesRead)])
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
