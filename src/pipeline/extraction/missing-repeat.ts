import type { Job } from '../../definition/job'
import type { RecordCursor, Sync } from '../../definition/sync'
import type { StateDocument } from '../../state/state-document'
import type { Work } from '../../state/work'
import type { ExtractEnd } from './extract'

/**
 * A note where a whole read without a record shows that the source leaves out the record at the cursor: an inclusive
 * filter returns it again, and one that excludes it loses every later record with the same cursor. A read with records
 * shows nothing, because the record may have moved on to a newer cursor.
 * @param before the document as the read began
 * @param after the document as it ended
 */
export function missingRepeat(
  { sync }: Pick<Job, 'sync'>,
  work: Work,
  { kind }: ExtractEnd,
  before: StateDocument,
  after: StateDocument,
): readonly string[] {
  const cursor = sharedCursor(sync)
  if (!cursor || work.kind !== 'incremental' || !work.cursor || kind !== 'finished') return []
  const { inline, segments } = before.memory
  const isRemembered = inline !== '' || segments.length > 0
  if (!isRemembered || after.counters.records > before.counters.records) return []
  return [
    `The source has no record from ${work.cursor.since} on, although it sent one with this cursor before. Either that was deleted, or the filter excludes the cursor itself and loses later records that share it: let it include the cursor (>=), declare a lookback, or declare \`primaryKey: '${cursor.path}'\` where no two records share a cursor.`,
  ]
}

/** The cursor at which each read begins, where several records may have it; null for any other job. */
function sharedCursor(sync: Sync): RecordCursor | null {
  if (sync.mode !== 'incremental' || sync.cursor.kind === 'page' || sync.lookback !== null) return null
  const isUnique = sync.primaryKey?.length === 1 && sync.primaryKey[0] === sync.cursor.path
  return isUnique ? null : sync.cursor
}
