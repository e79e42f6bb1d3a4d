import type { Backfill } from '../../state/work'

/** A range as a person named it, held against what was done. */
export interface BackfillRange {
  /** For people. */
  readonly label: string
  /** What of it was read before, for people; null where nothing was. */
  readonly done: string | null
  overlaps(other: Backfill): boolean
  toBackfill(common: Pick<Backfill, 'kind' | 'name' | 'generation' | 'force'>): Backfill
}
