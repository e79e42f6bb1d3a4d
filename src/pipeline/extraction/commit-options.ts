import type { Counting, Waiver } from '../../state/state-document'
import type { Cursor, Work } from '../../state/work'
import type { RunContext } from '../run-context'
import type { Memory, Reached } from './memory'
import type { RejectIndex } from './reject-index'

export type CommitContext = Pick<
  RunContext,
  'job' | 'destination' | 'settings' | 'state' | 'files' | 'scratch' | 'redact'
>

export interface CommitOptions {
  /** Names its files and batches; unique within the job. */
  readonly name: string
  readonly work: Work
  readonly counting: Counting
  readonly generation: number
  /** True for a backfill or replay: its rows are usually late, and a person asked for them. */
  readonly aside: boolean
  /** True where rows come unordered and are sorted on local disk. */
  readonly sorts: boolean
  readonly memory: Memory
  readonly ownMemory: Memory | null
  readonly rejects: RejectIndex
  /** Ends the question to the destination with the run. */
  readonly signal: AbortSignal
}

/** How far a commit moves its work, and how far its memories then reach. */
export interface CommitReach {
  readonly finished: boolean
  readonly cursor: Cursor | null
  /** Canonical cursor of the ordinary read. */
  readonly reachedTo: string
  /** Canonical cursor of the backfill. */
  readonly ownTo: string
  readonly isForgotten: Reached['isForgotten']
  /** Lifted blocks without which the read would have failed. */
  readonly waived: readonly Waiver[]
}
