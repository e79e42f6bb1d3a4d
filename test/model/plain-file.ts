import { createHash } from 'node:crypto'
import type { BatchFile, FinishedFile } from '../../src/destinations/destination'

/** A batch file of plain lines behind a header: compression costs more than the rest of a schedule together. */
export function openPlainFile(): BatchFile {
  let lines: string[] = []
  let size = header.length
  return {
    get rows() {
      return lines.length
    },
    get textBytes() {
      return size
    },
    get storedBytes() {
      return size
    },
    append(line) {
      lines.push(line)
      size += line.length
    },
    drained: () => Promise.resolve(),
    finish() {
      const finished = fileOf(lines)
      lines = []
      return Promise.resolve(finished)
    },
  }
}

export function splitPlainFile(bytes: Uint8Array): Promise<readonly [FinishedFile, FinishedFile] | null> {
  const lines = linesOf(bytes).map((line) => `${line}\n`)
  const middle = Math.ceil(lines.length / 2)
  if (lines.length < 2) return Promise.resolve(null)
  return Promise.resolve([fileOf(lines.slice(0, middle)), fileOf(lines.slice(middle))])
}

/** The rows of a plain file, without their line ends. */
export function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString().split('\n').slice(1, -1)
}

const header = 'id,visitor,at,content\n'

function fileOf(lines: readonly string[]): FinishedFile {
  const bytes = Buffer.from(header + lines.join(''))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { bytes, rows: lines.length, sha256, contentSha256: sha256 }
}
