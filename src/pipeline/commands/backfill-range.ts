import type { Backfill } from '../../state/work'

/** A range that a person asked for, compared with the ranges that were read before. */
export interface BackfillRange {
  /** The range, as text for people. */
  readonly label: string
  /** The part of it that was read before, as text for people; null where there is none. */
  readonly done: string | null
  overlaps(other: Backfill): boolean
  toBackfill(common: Pick<Backfill, 'kind' | 'name' | 'generation' | 'force'>): Backfill
}
