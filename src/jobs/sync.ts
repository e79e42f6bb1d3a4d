export type { Duration } from '../duration'

/** How a cursor's values are written and compared. */
export type Notation = 'instant' | 'number' | 'text'
/** Instants: ISO 8601 text, or a number since the epoch. */
export type InstantUnit = 'iso' | 's' | 'ms'

/** Where a record's cursor is, and how it is written and compared. */
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

/** What happens to a record that was sent and comes again with other content. */
export type OnChange = 'ignore' | 'reject' | 'send'
/** What happens to a row that is older than what its partition has already sent. */
export type Late = 'send' | 'reject'

interface Declaration {
  /** What is wrong with the declaration itself; the job does not open then, the others do. */
  readonly faults: readonly string[]
}

/** Reads what is new behind the cursor, in the source's order. */
export interface Incremental extends Declaration {
  readonly mode: 'incremental'
  readonly cursor: RecordCursor | PageCursor
  readonly primaryKey: readonly string[] | null
  /** Instants: ms. Numbers: a distance. */
  readonly lookback: number | null
  readonly onChange: OnChange
  readonly late: Late
}

/** Works off time slice by slice; done slices are not read again, except by a lookback. */
export interface Sliced extends Declaration {
  readonly mode: 'sliced'
  readonly every: 'hour' | 'day' | 'week' | 'month'
  /** IANA name: days of 23 and 25 hours are cut where that zone's clocks change. */
  readonly timeZone: string
  /** Where the first slice begins: an ISO 8601 date in that zone, or an instant. */
  readonly start: string
  /** How long after its end a slice's records still arrive at the source, in ms. */
  readonly lagMs: number
  /** How many slices one run works off at most; null as many as fit. */
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

/** Reads everything each time and sends what is new. */
export interface FullRefresh extends Declaration {
  readonly mode: 'full-refresh'
  readonly primaryKey: readonly string[]
  readonly onChange: OnChange
  /** What happens to a record that is gone from the source. */
  readonly onVanished: 'keep'
  readonly late: Late
}

export type Sync = Incremental | Sliced | FullRefresh
