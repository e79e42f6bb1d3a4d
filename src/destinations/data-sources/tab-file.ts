import { createHash } from 'node:crypto'
import type { BatchFile, FinishedFile } from '../destination'

const chunkChars = 64 * 1024
const dayLength = 'MM/DD/YYYY'.length

/** Opens a tab-delimited text file for rows of at most `days` unique days. */
export function openTabFile(header: string, days: number): BatchFile {
  const chunks: Buffer[] = []
  const seen = new Set<string>()
  let text = header
  let textBytes = Buffer.byteLength(header)
  let rows = 0

  function push(): void {
    chunks.push(Buffer.from(text, 'utf8'))
    text = ''
  }

  return {
    get rows() {
      return rows
    },
    get textBytes() {
      return textBytes
    },
    get storedBytes() {
      return textBytes
    },
    accepts: (line) => seen.size < days || seen.has(dayOf(line)),
    append(line) {
      rows += 1
      seen.add(dayOf(line))
      textBytes += Buffer.byteLength(line)
      text += line
      if (text.length >= chunkChars) push()
    },
    drained: () => Promise.resolve(),
    finish() {
      push()
      return Promise.resolve(finished(Buffer.concat(chunks, textBytes), rows))
    },
  }
}

/** Both halves of a file, each with its header; null where it has fewer than two rows. */
export function splitTabFile(bytes: Uint8Array): Promise<readonly [FinishedFile, FinishedFile] | null> {
  const [header = '', ...lines] = Buffer.from(bytes)
    .toString('utf8')
    .split(/(?<=\n)/)
  if (lines.length < 2) return Promise.resolve(null)
  const middle = Math.floor(lines.length / 2)
  const half = (part: readonly string[]) => finished(Buffer.from(header + part.join('')), part.length)
  return Promise.resolve([half(lines.slice(0, middle)), half(lines.slice(middle))])
}

function dayOf(line: string): string {
  return line.slice(0, dayLength)
}

function finished(bytes: Buffer, rows: number): FinishedFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { bytes, rows, sha256, contentSha256: sha256 }
}
