import type { CommitRejects } from './commit-rejects'
import type { Decision } from './decision'
import type { Taken, Verdict } from './intake'
import type { Marks } from './marks'
import type { NewKeys } from './new-keys'
import type { IndexedReject } from './reject-index'
import type { RowMerger } from './row-merger'
import type { CommitRowKeys } from './row-keys/commit-row-keys'
import type { StagedBatches } from './staged-batches'
import type { EncodedRow } from '../../destinations/destination'
import type { ReadRecord } from './read-record'

/** The counts of one commit so far. */
export interface Tally {
  readonly counts: Record<
    | 'records'
    | 'taken'
    | 'healed'
    | 'duplicates'
    | 'filtered'
    | 'repeated'
    | 'behind'
    | 'outOfRange'
    | 'late',
    number
  >
  /** True once a decision was made that the state must remember. */
  hasNews: boolean
}

/** The parts of a commit that a verdict changes. */
export interface CommitParts {
  readonly tally: Tally
  readonly marks: Marks
  readonly merger: RowMerger
  /** Row keys that were never sent. */
  readonly newKeys: NewKeys
  /** Null where the job deletes no keys. */
  readonly rowKeys: CommitRowKeys | null
  /** The rows of a record as `map` makes them now; none where it makes none. */
  readonly rowsOf: (record: ReadRecord) => readonly EncodedRow[]
  readonly rejects: CommitRejects
  readonly batches: StagedBatches
  /** True where a record with a late row is rejected. */
  readonly rejectsLate: boolean
  readonly remember: (taken: Taken, decision: Decision, isNewest: boolean) => void
}

export function newTally(): Tally {
  const counts = {
    ...{ records: 0, taken: 0, healed: 0, duplicates: 0, filtered: 0 },
    ...{ repeated: 0, behind: 0, outOfRange: 0, late: 0 },
  }
  return { counts, hasNews: false }
}

/**
 * Applies the verdict about one record to the commit.
 * @param isNewest the record is at the newest cursor of the work
 */
export function takeVerdict(parts: CommitParts, taken: Taken, isNewest: boolean): void {
  const { verdict } = taken
  const { counts } = parts.tally
  if (verdict.kind === 'beyond') return
  counts.records += 1
  switch (verdict.kind) {
    case 'rows':
      takeRows(parts, taken, verdict, isNewest)
      return
    case 'reject':
      takeReject(parts, taken, verdict, isNewest)
      return
    case 'filtered':
      counts.filtered += 1
      close(parts, verdict.heals)
      parts.remember(taken, 'filtered', isNewest)
      parts.rowKeys?.rewrite(taken.record, [])
      return
    case 'duplicate':
      counts.duplicates += 1
      // Remembers an ignored content, so that it counts as repeated from now on.
      parts.remember(taken, 'sent', isNewest)
      learn(parts, taken)
      return
    case 'repeated':
      counts.repeated += 1
      takeRepeated(parts, taken, verdict, isNewest)
      learn(parts, taken)
      return
    case 'behind':
      counts.behind += 1
      return
    case 'out-of-range':
      counts.outOfRange += 1
  }
}

function takeRepeated(
  parts: CommitParts,
  taken: Taken,
  { closes, dropped }: Extract<Verdict, { kind: 'repeated' }>,
  isNewest: boolean,
): void {
  close(parts, closes)
  if (dropped && parts.rejects.renew(taken.record, dropped)) parts.tally.hasNews = true
  // The cursor may move to it, and the next read begins there.
  if (taken.recalled && (isNewest || taken.renews)) parts.remember(taken, taken.recalled, isNewest)
}

function takeRows(
  parts: CommitParts,
  taken: Taken,
  { rows, heals }: Extract<Verdict, { kind: 'rows' }>,
  isNewest: boolean,
): void {
  const { marks, merger, batches, tally } = parts
  const merged = merger.merge(rows)
  const lateRows = merged.kind === 'rows' ? marks.countLate(merged.rows) : 0
  const reject = merged.kind === 'reject' ? merged : lateRows > 0 && parts.rejectsLate ? late : null
  if (reject || merged.kind === 'reject') {
    takeReject(parts, taken, { kind: 'reject', reject: reject ?? late, replaces: heals }, isNewest)
    return
  }
  marks.raise(merged.rows)
  tally.counts.late += lateRows
  tally.counts.taken += 1
  if (heals) tally.counts.healed += 1
  close(parts, heals)
  for (const row of merged.rows) {
    batches.append(row)
    countNew(parts, row, taken)
  }
  parts.remember(taken, 'sent', isNewest)
  parts.rowKeys?.rewrite(taken.record, rows)
}

function countNew({ newKeys }: CommitParts, { rowKey }: EncodedRow, { recalled }: Taken): void {
  if (rowKey !== undefined && recalled !== 'sent') newKeys.add(rowKey)
}

/** Records the keys of a record that was sent before the job recorded any. */
function learn({ rowKeys, rowsOf }: CommitParts, { record, recalled }: Taken): void {
  if (rowKeys?.learns && recalled === 'sent') rowKeys.learn(record, rowsOf(record))
}

function takeReject(
  { tally, rejects, remember }: CommitParts,
  taken: Taken,
  { reject, replaces }: Extract<Verdict, { kind: 'reject' }>,
  isNewest: boolean,
): void {
  if (replaces) tally.counts.repeated += 1
  const isStored = rejects.add(taken.record, reject, replaces)
  if (!isStored) return
  tally.hasNews = true
  // A record that was sent with other content stays known as sent, with that content.
  if (reject.code !== 'changed') remember(taken, reject.code === 'late' ? 'late' : 'rejected', isNewest)
}

/** Closes a reject whose record is now sent, or left out by `map`. */
function close({ rejects, tally }: CommitParts, healed: IndexedReject | null): void {
  if (!healed) return
  rejects.close(healed)
  tally.hasNews = true
}

const late = {
  kind: 'reject',
  code: 'late',
  path: '',
  message: 'is older than what its partition has already sent',
} as const
