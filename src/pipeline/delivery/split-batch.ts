import { gunzipSync, gzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import type { OutboxEntry } from '../../state/state-document'
import type { RunContext } from '../run-context'

const quote = 0x22
const lineFeed = 0x0a

/**
 * Writes two halves of a staged file, each with the header and a key of its own, and returns their entries.
 * Null where there is but one row. Deterministic: a crash before the commit writes the same halves again.
 */
export async function splitBatch(
  { job, destination, state, files }: RunContext,
  entry: OutboxEntry,
  bytes: Uint8Array,
): Promise<readonly [OutboxEntry, OutboxEntry] | null> {
  if (entry.rows < 2) return null
  const text = gunzipSync(bytes)
  const firstRows = Math.floor(entry.rows / 2)
  const headerLines = destination.header === '' ? 0 : 1
  const headerEnd = endOfRow(text, headerLines, 0)
  const middle = endOfRow(text, firstRows, headerEnd)
  const header = text.subarray(0, headerEnd)

  async function half(rows: Buffer, count: number, suffix: string): Promise<OutboxEntry> {
    const content = Buffer.concat([header, rows])
    const zipped = gzipSync(content, { level: 6 })
    const unit = `${entry.unit}${suffix}`
    const file = `half-${entry.key}${suffix}.csv.gz`
    await files.add(file, zipped)
    return {
      ...entry,
      key: destination.key({
        job: job.name,
        groupName: entry.group,
        unit,
        ordinal: 0,
        generation: entry.generation,
        sha256: createHash('sha256').update(content).digest('hex'),
      }),
      run: state.run,
      file,
      rows: count,
      sha256: createHash('sha256').update(zipped).digest('hex'),
      state: 'staged',
      firstSentAt: null,
    }
  }

  return [
    await half(text.subarray(headerEnd, middle), firstRows, '-a'),
    await half(text.subarray(middle), entry.rows - firstRows, '-b'),
  ]
}

/** Offset behind `rows` rows; a line feed inside quotes does not end a row (RFC 4180). */
function endOfRow(text: Buffer, rows: number, from: number): number {
  let left = rows
  let quoted = false
  let offset = from
  for (; offset < text.length && left > 0; offset += 1) {
    if (text[offset] === quote) quoted = !quoted
    else if (text[offset] === lineFeed && !quoted) left -= 1
  }
  return offset
}
