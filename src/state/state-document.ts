import * as z from 'zod'
import { Counters, noCounters } from './counters'
import { RunReport } from './run-report'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()

/** Where a source is to be read on from, inclusive. */
export const Cursor = z.object({
  position: z.string(),
  /** How often each record at that very position was already taken, by its key's hash. */
  ties: z.record(z.string(), z.number().int()),
  sourceVersion: z.number(),
})
export type Cursor = z.infer<typeof Cursor>

export const Hold = z.object({
  code: z.enum([
    'invalid-rows',
    'rejected',
    'row-too-large',
    'key-collision',
    'too-old-to-ask',
    'file-missing',
    'file-damaged',
  ]),
  message: z.string(),
  since: storeTime,
})
export type Hold = z.infer<typeof Hold>

/** A committed batch on its way out. Self-contained: it goes out as staged, whatever the definition says now. */
export const OutboxEntry = z.object({
  /** Idempotency key; also the batch's name towards people. */
  key: z.string(),
  run: z.string(),
  file: z.string(),
  group: z.string(),
  /** Index into `identities`. */
  identity: z.number().int(),
  /** What it was extracted for: a commit, a slice or a lane. */
  unit: z.string(),
  generation: z.number().int(),
  rows: z.number().int(),
  /** Of the staged bytes, hex. */
  sha256: z.string(),
  state: z.enum(['staged', 'sending', 'doubt', 'confirmed', 'held']),
  firstSentAt: storeTime.nullable(),
  doubtFrom: storeTime.nullable(),
  hold: Hold.nullable(),
})
export type OutboxEntry = z.infer<typeof OutboxEntry>

/** Work that a person asked for beside the schedule: a range to send (again), or rejects to try again. */
export const Lane = z.object({
  name: z.string(),
  kind: z.enum(['range', 'replay']),
  /** Slices: ms since the epoch. Cursor jobs: positions. Replays: unused. */
  from: z.union([z.number(), z.string()]),
  to: z.union([z.number(), z.string()]),
  /** How far it is done. */
  doneTo: z.number().nullable(),
  cursor: Cursor.nullable(),
  generation: z.number().int(),
})
export type Lane = z.infer<typeof Lane>

export const GroupState = z.object({
  /** Seconds since the epoch of the newest row committed: rows before it are late. */
  mark: z.number().nullable(),
  /** No file of the group is sent before. */
  restUntil: storeTime,
  confirmedAt: storeTime.nullable(),
})
export type GroupState = z.infer<typeof GroupState>

/** A file of rejects, as JSON Lines. */
export const RejectSegment = z.object({
  run: z.string(),
  file: z.string(),
  unit: z.string(),
  count: z.number().int(),
  at: storeTime,
})
export type RejectSegment = z.infer<typeof RejectSegment>

/** A file of records already taken, for windows that are read again. */
export const SeenSegment = z.object({
  run: z.string(),
  file: z.string(),
  /** The newest position or instant it covers. */
  to: z.string(),
})
export type SeenSegment = z.infer<typeof SeenSegment>

/** Raised with every change that an older version of this app could not read. */
export const documentVersion = 1

/** All durable state of a job. One document, because lease, cursor and outbox must move in one atomic write. */
export const StateDocument = z.object({
  version: z.literal(documentVersion),
  job: z.string(),
  /** Fresh with every write: tells a write that was applied from one that was not. */
  write: z.string(),
  lease: z.object({ owner: z.string(), run: z.string() }).nullable(),
  /** Leases taken since the last progress. */
  stalls: z.number().int(),
  /** Runs whose folders may hold files that no document names. */
  sweep: z.array(z.string()),
  /** False from creation until everything was delivered once: the state before may have been lost. */
  caughtUp: z.boolean(),
  /** Commits ever made. */
  commits: z.number().int(),
  /** Inside the open slice, or of the whole job where it has no slices. */
  cursor: Cursor.nullable(),
  /** Everything before it is committed. */
  watermark: storeTime.nullable(),
  /** Slices that a person gave up. */
  skipped: z.array(z.object({ from: storeTime, to: storeTime, at: storeTime })),
  lanes: z.array(Lane),
  /** Ranges outside the schedule that were sent: sending them again takes force. */
  sent: z.array(z.object({ from: storeTime, to: storeTime })),
  /** Rises with every range that is sent again. */
  generation: z.number().int(),
  groups: z.record(z.string(), GroupState),
  identities: z.array(
    z.object({
      kind: z.string(),
      baseUrl: z.string(),
      clientId: z.string(),
      orgId: z.string(),
      reportSuite: z.string(),
    }),
  ),
  outbox: z.array(OutboxEntry),
  /** Files of rejects, oldest first. */
  rejects: z.array(RejectSegment),
  /** Oldest first: a later entry overrides. */
  seen: z.array(SeenSegment),
  /** How visitors were last distributed over groups; null before the first commit. */
  grouping: z.string().nullable(),
  counters: Counters,
  /** Newest last. */
  reports: z.array(RunReport),
})
export type StateDocument = z.infer<typeof StateDocument>

/** The document of a job that never ran. */
export function newDocument(job: string): StateDocument {
  return {
    version: documentVersion,
    job,
    write: '',
    lease: null,
    stalls: 0,
    sweep: [],
    caughtUp: false,
    commits: 0,
    cursor: null,
    watermark: null,
    skipped: [],
    lanes: [],
    sent: [],
    generation: 0,
    groups: {},
    identities: [],
    outbox: [],
    rejects: [],
    seen: [],
    grouping: null,
    counters: noCounters,
    reports: [],
  }
}
