import type { Reject } from '../../destinations/destination'
import type { RejectSegment } from '../../state/state-document'
import type { RunFiles } from '../run-files'

/** Text held in memory before it becomes a segment: a commit may have any number of rejects. */
const segmentChars = 4 * 1024 * 1024

/** Writes the records of one commit that cannot become rows, as immutable segments of JSON Lines. */
export interface RejectLog {
  /** Returns the place where the record will be stored. */
  add(raw: unknown, reject: Reject): { readonly segment: number; readonly line: number }
  /** Writes the segments that are full. */
  settle(): Promise<void>
  /** Writes what is left; returns the new segments, `open` still 0. */
  finish(): Promise<readonly RejectSegment[]>
}

export function createRejectLog(options: {
  readonly commit: string
  /** First id of a new segment. */
  readonly firstSegment: number
  readonly run: string
  readonly files: Pick<RunFiles, 'add'>
  readonly storeNow: () => number
}): RejectLog {
  const { commit, run, files, storeNow } = options
  const written: RejectSegment[] = []
  let full: { readonly id: number; readonly text: string }[] = []
  let id = options.firstSegment
  let lines: string[] = []
  let chars = 0

  function closeSegment(): void {
    if (lines.length === 0) return
    full.push({ id, text: `${lines.join('\n')}\n` })
    id += 1
    lines = []
    chars = 0
  }

  async function writeFull(): Promise<void> {
    for (const segment of full) {
      const file = `${commit}-rejects-${segment.id}.jsonl`
      await files.add(file, Buffer.from(segment.text))
      written.push({ id: segment.id, run, file, open: 0, at: storeNow() })
    }
    full = []
  }

  return {
    add(raw, { code, path, message }) {
      const place = { segment: id, line: lines.length }
      const line = toLine({ code, path, message, commit, record: raw })
      lines.push(line)
      chars += line.length
      if (chars >= segmentChars) closeSegment()
      return place
    },
    settle: writeFull,
    async finish() {
      closeSegment()
      await writeFull()
      return written
    },
  }
}

function toLine(fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(fields)
  } catch {
    // Without `record`, the reject cannot be replayed, only dropped.
    return JSON.stringify({
      ...fields,
      record: undefined,
      note: 'the record is nested too deep to be written',
    })
  }
}
