import { JobError } from '../../errors'
import { canonicalInstant, compareCursors } from './cursor-value'
import type { RecordCursor } from '../../definition/sync'

/** The place of a record relative to the requested range. */
export type Place = 'within' | 'behind' | 'beyond' | 'out-of-range' | 'ahead' | 'to-come'

/** @param at canonical cursor of a record */
export type Scope = (at: string) => Place

/** The scope of whole reads and page cursors: every record is within. */
export const everywhere: Scope = () => 'within'

/**
 * The scope of a replay. `to-come`: after the cursor that the ordinary read has reached; that read will return the
 * record itself, and would send it a second time.
 * @param reached canonical; null where nothing was read
 * @param inclusive true where records at that cursor were read
 */
export function reachedScope(field: RecordCursor, reached: string | null, inclusive: boolean): Scope {
  return (at) => {
    const distance = reached === null ? 1 : compareCursors(field, at, reached)
    return distance < 0 || (inclusive && distance === 0) ? 'within' : 'to-come'
  }
}

/**
 * The scope of an incremental read. `behind`: before the `since` that the source was asked for. `ahead`: further in the
 * future than the job tolerates; such a record must not move the cursor, or later records would be left out.
 */
export function sinceScope(
  field: RecordCursor,
  range: { readonly since: string | null; readonly until: string | null },
  storeNow: () => number,
): Scope {
  const isAhead = field.notation === 'instant' ? futureOf(storeNow, field.toleranceMs) : () => false
  return (at) => {
    const isBefore = range.since !== null && compareCursors(field, at, range.since) < 0
    // A backfill's range is cut at both ends: records outside of it do not heal rejects either.
    if (isBefore) return range.until === null ? 'behind' : 'out-of-range'
    if (range.until !== null && compareCursors(field, at, range.until) >= 0) return 'beyond'
    return isAhead(at) ? 'ahead' : 'within'
  }
}

/** Canonical instants have years of four digits. */
const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** True for canonical instants more than `toleranceMs` ahead of now. The clock is read only where one may be. */
function futureOf(storeNow: () => number, toleranceMs: number): (at: string) => boolean {
  let tolerated = ''
  return (at) => {
    if (at <= tolerated) return false
    tolerated = canonicalInstant(Math.min(storeNow() + toleranceMs, lastInstant))
    return at > tolerated
  }
}

/**
 * A half-open slice.
 * @param bringsMore true where the source declares that it may return records outside of the range
 * @throws JobError `source-outside-slice` from the scope, where it does not
 */
export function sliceScope(
  slice: { readonly from: number; readonly to: number },
  name: string,
  bringsMore: boolean,
): Scope {
  const from = canonicalInstant(slice.from)
  const to = canonicalInstant(slice.to)
  return (at) => {
    if (at >= from && at < to) return 'within'
    if (bringsMore) return 'out-of-range'
    throw new JobError(
      'source-outside-slice',
      `The source sent a record of ${at}Z when it was asked for ${from}Z – ${to}Z.`,
      `Check that the source filters by its range parameters. If its ends are inclusive or the filter is coarser, declare that on the source. To leave the slice out: resolve=${name} as=drop.`,
      { details: { slice: name, at } },
    )
  }
}
