export type { Duration } from '../duration'

/** How a cursor's values are written and compared. */
export type Notation = 'instant' | 'number' | 'text'
/** Instants: ISO 8601 text, or a number since the epoch. */
export type InstantUnit = 'iso' | 's' | 'ms'

/** The field that holds a record's cursor, and how its values are written and compared. */
export interface RecordCursor<
  Path extends string = string,
  N extends Notation = Notation,
  Unit extends InstantUnit = InstantUnit,
> {
  readonly kind: 'record'
  readonly notation: N
  /** Field path in the record, such as `meta.updatedAt`. */
  readonly path: Path
  /** Instants: IANA zone of values that carry none; null where such a value is unreadable. */
  readonly timeZone: string | null
  readonly unit: Unit
  /** Instants: how far a record may be ahead of the store's clock. */
  readonly toleranceMs: number
  readonly faults: readonly string[]
}

/** The cursor travels with the page: file names, offsets, tokens. */
export interface PageCursor {
  readonly kind: 'page'
}

/** Policy for a record that was sent before and comes again with other content. */
export type OnChange = 'ignore' | 'reject' | 'send'
/** Policy for the rows of a record that the source no longer has. */
export type OnVanished = 'keep' | 'delete-key'
/** Policy for a row older than rows that its partition has already sent. */
export type Late = 'send' | 'reject'

interface Declaration {
  /** Faults of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
}

/** Reads the records after the cursor, in the source's order. */
export interface Incremental extends Declaration {
  readonly mode: 'incremental'
  readonly cursor: RecordCursor | PageCursor
  readonly primaryKey: readonly string[] | null
  /** Instants: ms. Numbers: a distance. */
  readonly lookback: number | null
  readonly onChange: OnChange
  readonly late: Late
}

/** Reads time slice by slice; finished slices are not read again, except by a lookback. */
export interface Sliced extends Declaration {
  readonly mode: 'sliced'
  readonly every: 'hour' | 'day' | 'week' | 'month'
  /** IANA name: days of 23 and 25 hours are cut where that zone's clocks change. */
  readonly timeZone: string
  /** Where the first slice begins: an ISO 8601 date in that zone, or an instant. */
  readonly start: string
  /** How long after its end a slice's records still arrive at the source, in ms. */
  readonly lagMs: number
  /** The most slices that one run extracts; null for as many as its time allows. */
  readonly slicesPerRun: number | null
  /** The instant by which a record belongs to a slice. */
  readonly cursor: RecordCursor<string, 'instant'>
  readonly primaryKey: readonly string[] | null
  /** ms */
  readonly lookback: number | null
  readonly onChange: OnChange
  readonly late: Late
  /** True where the source delivers a slice in time order: rows stream instead of being sorted on disk. */
  readonly ordered: boolean
}

/** Reads all records in each run and sends the new ones. */
export interface FullRefresh extends Declaration {
  readonly mode: 'full-refresh'
  readonly primaryKey: readonly string[]
  readonly onChange: OnChange
  /** Policy for the rows of a record that the source no longer has. */
  readonly onVanished: OnVanished
  readonly late: Late
}

export type Sync = Incremental | Sliced | FullRefresh
