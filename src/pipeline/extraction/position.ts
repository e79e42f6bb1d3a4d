import { JobError } from '../../errors'
import { compareCursors } from './cursor-value'
import type { RecordCursor } from '../../definition/sync'
import type { Cursor } from '../../state/work'
import type { Taken } from './intake'

/** Follows a source's total order, so that a later read resumes where this one stopped. */
export interface Position {
  /**
   * Moves to the record's cursor; returns true where that is the newest one.
   * @throws JobError `source-order` where a new record is older than one before it
   */
  take(taken: Taken): boolean
  /** Where a later read begins; null before the first record. */
  cursor(): Cursor | null
  /** True once a new record was taken that only a waiver permits: it was older than one before it. */
  neededWaiver(): boolean
}

/**
 * @param start where the work stands; a lookback reads from before it
 * @param anyOrder true where the whole read is one commit, so that order does not matter (a person waived it)
 */
export function followPosition(field: RecordCursor, start: Cursor | null, anyOrder: boolean): Position {
  let reached = start
  let reading: Cursor | null = null
  let isWaived = false

  function distanceFrom(before: Cursor | null, { at }: Cursor): number {
    return before ? compareCursors(field, at, before.at) : 1
  }

  return {
    take({ record, verdict, cursor, recalled }) {
      // The read ends with this page: records after this one in the page must not be left out.
      if (verdict.kind === 'beyond') reading = record.cursor
      if (!cursor || verdict.kind === 'behind') return false
      const distance = distanceFrom(reading, cursor)
      if (reading && distance < 0) {
        if (recalled || !isNew(verdict)) return false
        if (!anyOrder) throw outOfOrder(reading, cursor)
        isWaived = true
        return false
      }
      const beyond = reading === reached ? distance : distanceFrom(reached, cursor)
      reading = cursor
      if (beyond > 0) reached = cursor
      return beyond >= 0
    },
    cursor: () => reached,
    neededWaiver: () => isWaived,
  }
}

function isNew(verdict: Taken['verdict']): boolean {
  return (verdict.kind === 'rows' || verdict.kind === 'filtered') && verdict.heals === null
}

function outOfOrder(reading: Cursor, cursor: Cursor): JobError {
  return new JobError(
    'source-order',
    `The source sent a record at ${cursor.since} after one at ${reading.since}, so records could be lost behind the cursor.`,
    'Let the source sort by the cursor. To read to the end once in one commit, whatever the order: resolve=source-order as=continue.',
    { details: { at: cursor.since, after: reading.since } },
  )
}
