import type { DestinationIdentity } from '../destinations/destination'
import type { Comparison } from './arrivals'
import type { CommandEffect } from './command-effect'
import type { Counters } from './counters'
import type { Hold, OutboxEntry } from './outbox-entry'
import type { Plan } from './plan'
import type { Memory, RowKeys } from './run-file'
import type { RunReport } from './run-report'
import type { Counting, Rejects, Waiver } from './state-document'
import type { Cursor, Work } from './work'

/** On the store's clock, ms since the epoch. */
type StoreTime = number

/** How far a commit moves its work. */
export interface Advance {
  /** Where the work goes on; null where it has no cursor. */
  readonly cursor: Cursor | null
  /** Backfills with a cursor: the decisions about the records at that cursor. */
  readonly ties: Memory
  /** True where the work, or the slice of it, is done. */
  readonly finished: boolean
}

/** The verdict on one open arrival after a look at the destination. */
export type ArrivalVerdict = {
  readonly id: string
  /** Of the arrival when the look began: where batches were merged into it since, the verdict is void. */
  readonly rows: number
  /** Rows that were found. */
  readonly found: number
} & (
  | { readonly kind: 'arrived' | 'indicated' | 'waiting' }
  | { readonly kind: 'missing'; readonly causes: readonly string[] }
)

/**
 * Everything that can happen to a job's state. An event is applied by `reduce`, written with the document, and logged
 * as one line: its `type` and its facts.
 */
export type StateEvent =
  | {
      readonly type: 'lease-taken'
      readonly at: StoreTime
      readonly owner: string
      readonly run: string
      readonly activation: string
      readonly endsAt: StoreTime
      /** When the previous lease holder last wrote the document. */
      readonly lastWrittenAt: StoreTime
      /**
       * Upsert: no later commit is sent before this time, because a lost request may still take effect; 0 for other
       * kinds.
       */
      readonly barrier: StoreTime
      readonly reportsKept: number
    }
  | { readonly type: 'lease-renewed' }
  | {
      readonly type: 'command-accepted'
      readonly at: StoreTime
      readonly content: string
      readonly note: string
      /** Commands accepted before this time are removed. */
      readonly rememberedFrom: StoreTime
      readonly effect: CommandEffect
    }
  /** Retention: these segments of rejects were not resolved in time; the next run deletes their files. */
  | { readonly type: 'rejects-expired'; readonly segments: readonly number[]; readonly rejects: number }
  | { readonly type: 'orphans-cleaned'; readonly run: string; readonly files: number }
  | {
      readonly type: 'regrouped'
      readonly partitioning: string
      readonly partitions: readonly string[]
    }
  | {
      readonly type: 'committed'
      readonly at: StoreTime
      readonly work: Work
      readonly advance: Advance
      readonly counting: Counting
      /** All staged; or, with a plan, all planned. */
      readonly entries: readonly Extract<OutboxEntry, { state: 'staged' | 'planned' }>[]
      /** Set where the commit waits for a person. */
      readonly plan?: Plan
      readonly identity: DestinationIdentity
      readonly partitioning: string
      /** `order` of the newest row by partition, of the partitions that this commit moves. */
      readonly marks: Readonly<Record<string, number>>
      readonly memory: Memory
      /** Absent where the job does not record them. */
      readonly rowKeys?: RowKeys | null
      readonly rejects: Rejects
      /** Without `slices`: `advance.finished` counts a slice. */
      readonly counters: Omit<Partial<Counters>, 'slices'>
      /** What the report says of it: for the log. */
      readonly notes?: readonly string[]
      /** Waivers that this commit needed. */
      readonly waived: readonly Waiver[]
    }
  /** Records were read, and none of them changes more than the counters. */
  | { readonly type: 'counted'; readonly counters: Partial<Counters> }
  | {
      readonly type: 'send-started'
      readonly at: StoreTime
      readonly id: string
      readonly identity: DestinationIdentity
    }
  /** Certain: nothing was ingested. */
  | {
      readonly type: 'returned-to-staged'
      readonly id: string
      readonly partition: string
      readonly notBefore: StoreTime
      readonly reason: string
    }
  | {
      readonly type: 'in-doubt'
      readonly at: StoreTime
      readonly id: string
      readonly partition: string
      readonly notBefore: StoreTime
      /** Upsert: no later commit is sent before this time; 0 for other kinds. */
      readonly barrier: StoreTime
      readonly message: string
    }
  /** The lookup proves that the batch never arrived, or that sending again is harmless. */
  | { readonly type: 'doubt-cleared'; readonly id: string }
  | {
      readonly type: 'accepted'
      readonly at: StoreTime
      readonly id: string
      readonly partition: string
      readonly receipt: string
      readonly notBefore: StoreTime
    }
  /** The import failed after it was accepted, and sending again is harmless. */
  | { readonly type: 'retry-scheduled'; readonly id: string; readonly message: string }
  | {
      readonly type: 'confirmed'
      readonly at: StoreTime
      readonly id: string
      readonly partition: string
      readonly by: 'answer' | 'lookup' | 'poll'
      readonly rows: number
      /** Null leaves the partition's `notBefore` as it is. */
      readonly notBefore: StoreTime | null
      /** True where the destination can be asked later whether it has arrived. */
      readonly awaitsArrival: boolean
    }
  /** Written without the lease, while no run holds it. */
  | {
      readonly type: 'arrivals-checked'
      readonly at: StoreTime
      readonly verdicts: readonly ArrivalVerdict[]
      /** New and changed ones. */
      readonly comparisons: readonly Comparison[]
    }
  | { readonly type: 'held'; readonly id: string; readonly hold: Hold; readonly invalidRows: number }
  | {
      readonly type: 'split'
      readonly id: string
      readonly halves: readonly Extract<OutboxEntry, { state: 'staged' }>[]
    }
  /** The file of the batch is deleted, so its entry is removed as well. */
  | { readonly type: 'removed'; readonly id: string }
  | {
      readonly type: 'run-ended'
      readonly at: StoreTime
      readonly report: RunReport
      /** False where the run ended without progress although more could be done. */
      readonly progressed: boolean
      /** True where all that was due has been read. */
      readonly exhausted: boolean
      readonly reportsKept: number
    }
