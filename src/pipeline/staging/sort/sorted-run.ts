import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { EncodedRow } from '../../../destinations/destination'

/** Time as a double, group and length as 32-bit integers, then the line in UTF-8. */
const headBytes = 16
const bufferBytes = 64 * 1024

/** Writes rows one behind the other; returns how many bytes that took. */
export async function writeRun(file: FileHandle, rows: readonly EncodedRow[]): Promise<number> {
  const parts: Buffer[] = []
  for (const { at, group, line } of rows) {
    const text = Buffer.from(line, 'utf8')
    const head = Buffer.allocUnsafe(headBytes)
    head.writeDoubleLE(at, 0)
    head.writeUInt32LE(group, 8)
    head.writeUInt32LE(text.length, 12)
    parts.push(head, text)
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
      const rows: EncodedRow[] = []
      let offset = 0
      while (held.length - offset >= headBytes) {
        const length = held.readUInt32LE(offset + 12)
        const end = offset + headBytes + length
        if (held.length < end) break
        rows.push({
          at: held.readDoubleLE(offset),
          group: held.readUInt32LE(offset + 8),
          line: held.toString('utf8', offset + headBytes, end),
        })
        offset = end
      }
      if (rows.length > 0) yield rows
      const next = Buffer.allocUnsafe(bufferBytes)
      const { bytesRead } = await file.read(next, 0, bufferBytes)
      if (bytesRead === 0) return
      held = Buffer.concat([held.subarray(offset), next.subarray(0, bytesRead)])
    }
  } finally {
    await file.close()
  }
}
