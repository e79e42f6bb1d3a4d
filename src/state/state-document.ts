import * as z from 'zod'
import { Arrivals, noArrivals } from './arrivals'
import { Counters, noCounters } from './counters'
import { OutboxEntry } from './outbox-entry'
import { Plan } from './plan'
import { Memory, RowKeys, RunFile, noMemory } from './run-file'
import { RunReport } from './run-report'
import { Backfill, Cursor, Replay, Slice } from './work'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()
const count = z.number().int()

export const RejectSegment = RunFile.extend({
  /** Increases with each segment; the index refers to it. */
  id: count,
  /** Rejects of it that are still open. */
  open: count,
  at: storeTime,
})
export type RejectSegment = z.infer<typeof RejectSegment>

/** Records that could not become rows, and the index by which they are recognised when they come again. */
export const Rejects = z.object({
  /** Where each open or dropped reject lies, by identity; null where there is none. */
  index: RunFile.nullable(),
  /** The records themselves, as JSON Lines; oldest first. */
  segments: z.array(RejectSegment),
})
export type Rejects = z.infer<typeof Rejects>

export const PartitionState = z.object({
  /** `order` of the newest row committed: rows before it are late. */
  mark: z.number().nullable(),
  /** No batch of the partition is sent before this time. */
  notBefore: storeTime,
  confirmedAt: storeTime.nullable(),
})
export type PartitionState = z.infer<typeof PartitionState>

/**
 * The part of a definition that decides which records are the same, and where they are read: a change of it stops
 * extraction.
 */
export const Counting = z.object({
  mode: z.enum(['incremental', 'sliced', 'full-refresh']),
  cursor: z.string(),
  primaryKey: z.string(),
  lookback: z.string(),
  source: z.string(),
  sourceVersion: count,
  /**
   * Destinations whose rows replace each other: where they are, because another target has none of the records that are
   * known as sent. Empty for others, and where it was not recorded.
   */
  target: z.string().default(''),
})
export type Counting = z.infer<typeof Counting>

/** An accepted command: the same content within an hour returns the first result. */
export const AcceptedCommand = z.object({
  content: z.string(),
  run: z.string(),
  at: storeTime,
  note: z.string(),
})
export type AcceptedCommand = z.infer<typeof AcceptedCommand>

/** A block that a person lifts once. */
export const Waiver = z.enum(['source-order', 'too-many-rejects'])
export type Waiver = z.infer<typeof Waiver>

export const Identity = z.object({
  kind: z.string(),
  address: z.string(),
  account: z.string(),
  target: z.string(),
})

/** Raised with every change that an older version of this app could not read. */
export const documentVersion = 3
/** Documents of these versions are read as well: members that they lack have defaults. */
const olderVersions = [2] as const

/** All durable state of a job. One document, because lease, cursor and outbox must move in one atomic write. */
export const StateDocument = z.object({
  version: z.literal([...olderVersions, documentVersion]).transform(() => documentVersion),
  job: z.string(),
  /** Fresh with every write: tells a write that was applied from one that was not. */
  write: z.string(),
  lease: z
    .object({
      owner: z.string(),
      run: z.string(),
      activation: z.string(),
      takenAt: storeTime,
      /** When the platform ends the activation. */
      endsAt: storeTime,
    })
    .nullable(),
  /** Leases taken since the last progress. */
  attempts: count,
  /** Runs whose folders may hold files that no document names. */
  orphans: z.array(z.string()),
  /** False from creation until everything was delivered once: the state before may have been lost. */
  reconciled: z.boolean(),
  /** Commits ever made. */
  commits: count,
  /** Null before the first commit. */
  counting: Counting.nullable(),
  /**
   * No lookback reads from before it. Set where a changed definition continues. Sliced jobs: an instant in ISO 8601.
   */
  floor: Cursor.nullable(),
  /** Incremental jobs: everything up to here is committed. */
  cursor: Cursor.nullable(),
  /** Sliced jobs: everything before it is committed. */
  watermark: storeTime.nullable(),
  memory: Memory,
  /** Null where the job does not record them, or has not read everything since it does. */
  rowKeys: RowKeys.nullable().default(null),
  /** Slices that a person skipped. */
  skipped: z.array(Slice.extend({ at: storeTime })),
  /** Sliced jobs: the ranges that commits have covered under any definition; reading them again takes `force`. */
  done: z.array(Slice),
  backfills: z.array(z.union([Backfill, Replay])),
  /** Increases with every range that is sent again. */
  generation: count,
  partitions: z.record(z.string(), PartitionState),
  /** How rows were last distributed over partitions; null before the first commit. */
  partitioning: z.string().nullable(),
  /**
   * Upsert destinations: no batch of a later commit is sent before this time, because a lost request may still take
   * effect.
   */
  barrier: storeTime,
  identities: z.array(Identity),
  outbox: z.array(OutboxEntry),
  /** Confirmed batches that have yet to be seen at the destination. */
  arrivals: Arrivals.default(noArrivals),
  /** The newest plan, waiting or decided. */
  plan: Plan.nullable().default(null),
  rejects: Rejects,
  commands: z.array(AcceptedCommand),
  waivers: z.array(Waiver),
  counters: Counters,
  /** Newest last. */
  reports: z.array(RunReport),
  /** Rows of the runs that have ended, by day in UTC, the newest last: more days than the reports cover. */
  days: z.record(z.string(), count).default({}),
})
export type StateDocument = z.infer<typeof StateDocument>

/** The document of a job that never ran. */
export function newDocument(job: string): StateDocument {
  return {
    version: documentVersion,
    job,
    write: '',
    lease: null,
    attempts: 0,
    orphans: [],
    reconciled: false,
    commits: 0,
    counting: null,
    floor: null,
    cursor: null,
    watermark: null,
    memory: noMemory,
    rowKeys: null,
    skipped: [],
    done: [],
    backfills: [],
    generation: 0,
    partitions: {},
    partitioning: null,
    barrier: 0,
    identities: [],
    outbox: [],
    arrivals: noArrivals,
    plan: null,
    rejects: { index: null, segments: [] },
    commands: [],
    waivers: [],
    counters: noCounters,
    reports: [],
    days: {},
  }
}
