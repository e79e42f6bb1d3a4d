import { createHash } from 'node:crypto'
import * as z from 'zod'
import { parseJson } from '../../http/json'
import type { BatchFile } from '../destination'

/** Longer keys are not kept: a batch in the state document has room for three. */
const longestKey = 100

/** A row of which the values are known: its key, and a digest of its line. */
interface Sampled {
  readonly key: string
  readonly digest: string
}

/**
 * The file, with a sample of its rows as markers: the first, the last and one between them, as far as they set every
 * column. Rows are sorted by key, so the same rows always give the same sample.
 */
export function withSample(file: BatchFile, columns: readonly string[]): BatchFile {
  const lines = { first: '', between: '', last: '' }
  let count = 0

  return {
    get rows() {
      return file.rows
    },
    get textBytes() {
      return file.textBytes
    },
    get storedBytes() {
      return file.storedBytes
    },
    append(line) {
      file.append(line)
      count += 1
      if (count === 1) lines.first = line
      // The powers of two among the rows: the last of them lies in the second half of the file.
      if ((count & (count - 1)) === 0) lines.between = line
      lines.last = line
    },
    drained: () => file.drained(),
    async finish() {
      const markers = [...new Set(Object.values(lines))].flatMap((line) => markerOf(line, columns))
      return { ...(await file.finish()), markers }
    },
  }
}

const Update = z.strictObject({ key: z.string().max(longestKey), data: z.record(z.string(), z.string()) })

/** None of a line that deletes something, or leaves a column as it is: the whole values are not known then. */
function markerOf(line: string, columns: readonly string[]): string[] {
  const update = Update.safeParse(parseJson(line)).data
  if (!update || columns.some((name) => update.data[name] === undefined)) return []
  return [digestOf(line) + update.key]
}

const digestLength = 12

/** Of a line of the import. */
export function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, digestLength)
}

export function parseMarker(marker: string): Sampled {
  return { digest: marker.slice(0, digestLength), key: marker.slice(digestLength) }
}
