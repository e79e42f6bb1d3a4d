import { openKeyMemory } from './key-memory'
import { openTieMemory } from './tie-memory'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { RunFiles } from '../run-files'
import type { Decision } from './decision'
import type { LazyIdentity } from './identity'
import type { Presence } from './presence'

/**
 * How far a record can come again, and so how far the memory reaches.
 * `ties`: records at the cursor, because reading is inclusive. `window`: everything a lookback reads again.
 * `all`: a source that is read whole each time. `none`: nothing comes again after its commit.
 */
export type Reach = 'ties' | 'window' | 'all' | 'none'

export interface Known {
  readonly decision: Decision
  /** False where it comes again with other content. */
  readonly same: boolean
  /**
   * True where only one of its two hashes matches: the schema or the source has changed since. The entry is renewed, so
   * that the next change of the other is recognised as well.
   */
  readonly renews: boolean
}

/** How far a commit reaches. */
export interface Reached {
  /** Name for the file of entries, where one is needed. */
  readonly file: string
  /** Canonical cursor of the newest record. */
  readonly to: string
  /** True for cursors before every record that can be read again; null where every record can. */
  readonly isForgotten: ((to: string) => boolean) | null
}

/** The circumstances in which a record was read. */
export interface Sighting {
  /** Canonical cursor; null where the record has no plausible one. */
  readonly at: string | null
  /** True where it is at the newest cursor of the read. */
  readonly isNewest: boolean
  /** True where the memory knew it: its entry is replaced. */
  readonly recalled: boolean
}

/** The deduplication index, as one run reads and extends it. */
export interface Memory {
  /** A new read begins, where the newest remembered records are: each may come once more. */
  beginRead(): void
  /**
   * The earlier decision about the record; null where the record is unknown. Without a primary key each remembered
   * record answers once per read, because two equal events are two events.
   * @param at canonical cursor; null where the record has none
   * @param hasOpenReject the record may be one that is rejected and open
   */
  recall(identity: LazyIdentity, at: string | null, hasOpenReject?: boolean): Known | null
  /** Remembers a decision of the ordinary read, with the next commit. */
  remember(identity: LazyIdentity, decision: Decision, sighting: Sighting): void
  /** Remembers a decision made beside the ordinary read (backfill, replay), where the record can come again. */
  amend(identity: LazyIdentity, decision: Decision, sighting: Sighting): void
  /** Which remembered records the read has had; absent where that is not asked for. */
  readonly presence?: Presence
  /** The value for the document after the next commit; writes a file where there are more than a few entries. */
  toCommit(reached: Reached): Promise<StoredMemory>
}

export interface MemoryOptions {
  readonly reach: Reach
  readonly keyed: boolean
  readonly files: Pick<RunFiles, 'read' | 'add'>
  readonly run: string
  /** Canonical cursor where the read begins; null at the beginning of the source. */
  readonly cursor: string | null
  /** A canonical cursor as a number, in the unit of `lookback`; 0 for cursors that are no numbers. */
  readonly placeOf: (at: string) => number
  /**
   * An earlier version of a record is known if it lies at most this far behind; Infinity where all versions are
   * remembered; null where another version counts as another record, because nothing is read twice.
   */
  readonly lookback: number | null
  /** True where it is asked which records the read has not had. Reach `all` only. */
  readonly watchesAbsence?: boolean
}

/** @throws JobError `state-missing` where a segment is gone */
export function openMemory(stored: StoredMemory, options: MemoryOptions): Promise<Memory> {
  const { reach, keyed } = options
  if (reach === 'ties') return openTieMemory(stored, options)
  return keyed ? openKeyMemory(stored, options) : Promise.resolve(nothing(stored))
}

function nothing(stored: StoredMemory): Memory {
  return {
    beginRead: () => undefined,
    recall: () => null,
    remember: () => undefined,
    amend: () => undefined,
    toCommit: () => Promise.resolve(stored),
  }
}
