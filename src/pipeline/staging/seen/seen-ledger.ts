import { createHash } from 'node:crypto'
import { JobError } from '../../../errors'
import { createKeyTable, decodeEntries, encodeEntries } from './key-table'
import type { SeenSegment } from '../../../state/state-document'
import type { RunFiles } from '../../run-files'
import type { KeyEntry } from './key-table'

/** Segments are merged into one when they become more than this. */
const segmentLimit = 32

/** Which records were already taken, so that a window can be read again without sending anything twice. */
export interface SeenLedger {
  /** `changed`: the key was sent before with other content. */
  judge(key: string, record: unknown): 'new' | 'same' | 'changed'
  /** Remembers a record with the next commit. */
  remember(key: string, record: unknown, sent: boolean): void
  /** What the next commit has to store; null where nothing is new. */
  segment(): { readonly bytes: Buffer; readonly replacesAll: boolean } | null
  /** The commit is durable: what comes next belongs to the next one. */
  committed(): void
}

/** Loads the segments that a re-read may touch. @throws JobError `state-missing` */
export async function loadLedger(files: RunFiles, segments: readonly SeenSegment[]): Promise<SeenLedger> {
  const table = createKeyTable()
  for (const segment of segments) {
    const bytes = await files.read(segment.run, segment.file)
    if (!bytes) throw segmentMissing(segment)
    for (const entry of decodeEntries(bytes)) table.put(entry)
  }

  let count = segments.length
  let added: KeyEntry[] = []

  return {
    judge(key, record) {
      const { high, low } = hashKey(key)
      const known = table.find(high, low)
      if (!known) return 'new'
      if (known.content === hashContent(record)) return 'same'
      return known.sent ? 'changed' : 'new'
    },
    remember(key, record, sent) {
      const entry = { ...hashKey(key), content: hashContent(record), sent }
      table.put(entry)
      added.push(entry)
    },
    segment() {
      if (added.length === 0) return null
      const replacesAll = count >= segmentLimit
      return { bytes: encodeEntries(replacesAll ? table.entries() : added), replacesAll }
    },
    committed() {
      count = count >= segmentLimit ? 1 : count + 1
      added = []
    },
  }
}

function hashKey(key: string): { readonly high: number; readonly low: number } {
  const digest = createHash('sha256').update(key).digest()
  return { high: digest.readUInt32LE(0), low: digest.readUInt32LE(4) }
}

/** 31 bits: it only tells two versions of one record apart. */
function hashContent(record: unknown): number {
  return createHash('sha256').update(JSON.stringify(record)).digest().readUInt32LE(0) >>> 1
}

function segmentMissing({ run, file }: SeenSegment): JobError {
  return new JobError(
    'state-missing',
    `The ledger of records already taken is incomplete: ${file} of the run ${run} is not in the store.`,
    'Restore the file. Without it, records inside the lookback window would be sent twice.',
    { details: { run, file } },
  )
}
