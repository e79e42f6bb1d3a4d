import { createHash } from 'node:crypto'
import * as z from 'zod'
import { parseJson } from '../../http/json'
import type { BatchFile } from '../destination'

/** Longer keys are not kept: a batch in the state document has room for three. */
const longestKey = 100

/** A row of which the effect is known: its key, and a digest of its line; null where it deletes the key. */
export interface Sampled {
  readonly key: string
  readonly digest: string | null
}

/**
 * The file, with a sample of its rows as markers: the first, the last and one between them, as far as they set every
 * column or delete their key. Where some rows set values and others delete keys, the sample has both. Rows are sorted
 * by key, so the same rows always give the same sample.
 */
export function withSample(file: BatchFile, columns: readonly string[]): BatchFile {
  const lines = { first: '', between: '', last: '' }
  let unlike = ''
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
      if (isDeletion(line) !== isDeletion(lines.first)) unlike = line
      lines.last = line
    },
    drained: () => file.drained(),
    async finish() {
      const sample = unlike === '' ? lines : { ...lines, between: unlike }
      const markers = [...new Set(Object.values(sample))].flatMap((line) => markerOf(line, columns))
      return { ...(await file.finish()), markers }
    },
  }
}

const Update = z.strictObject({ key: z.string().max(longestKey), data: z.record(z.string(), z.string()) })
const Deletion = z.strictObject({ key: z.string().max(longestKey), action: z.literal('delete-key') })

/** Inside a text, quotes are escaped. */
function isDeletion(line: string): boolean {
  return line.endsWith('"action":"delete-key"}\n')
}

const digestLength = 12
/** In the place of a digest, which is hexadecimal. */
const deletes = 'deleted-key-'

/** None of a line that leaves a column as it is, or empties one: the whole values are not known then. */
function markerOf(line: string, columns: readonly string[]): string[] {
  const parsed = parseJson(line)
  const deletion = Deletion.safeParse(parsed).data
  if (deletion) return [deletes + deletion.key]
  const update = Update.safeParse(parsed).data
  if (!update || columns.some((name) => update.data[name] === undefined)) return []
  return [digestOf(line) + update.key]
}

/** Of a line of the import. */
export function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, digestLength)
}

export function parseMarker(marker: string): Sampled {
  const digest = marker.slice(0, digestLength)
  return { digest: digest === deletes ? null : digest, key: marker.slice(digestLength) }
}
