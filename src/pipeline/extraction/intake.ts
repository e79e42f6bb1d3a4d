import { toJobError } from '../../errors'
import { hasConsent } from './consent'
import { readRecord, reject } from './read-record'
import type { Destination, EncodedRow, Reject } from '../../destinations/destination'
import type { Job } from '../../definition/job'
import type { Cursor } from '../../state/work'
import type { Decision } from './decision'
import type { Enrich } from '../joins/enrichment'
import type { Known, Memory } from './memory'
import type { ReadRecord } from './read-record'
import type { IndexedReject, RejectIndex } from './reject-index'
import type { Place, Scope } from './scope'

/** The decision about one record. A record is atomic: one bad row rejects all of its rows. */
export type Verdict =
  /** `heals`: the open reject that it was before. */
  | { readonly kind: 'rows'; readonly rows: readonly EncodedRow[]; readonly heals: IndexedReject | null }
  | { readonly kind: 'filtered'; readonly heals: IndexedReject | null }
  /** `replaces`: the same record was rejected before, and this is its newest copy. */
  | { readonly kind: 'reject'; readonly reject: Reject; readonly replaces: IndexedReject | null }
  /** Known as sent, with other content, which the job ignores (`onChange: 'ignore'`). */
  | { readonly kind: 'duplicate' }
  /** Known, with the same content. `closes`: a reject that was sent in another way. */
  | {
      readonly kind: 'repeated'
      readonly closes: IndexedReject | null
      /** The dropped reject that it was recognised by. */
      readonly dropped?: IndexedReject
    }
  | { readonly kind: 'behind' }
  | { readonly kind: 'out-of-range' }
  /** After the end of the work, as is every record after it: not counted. */
  | { readonly kind: 'beyond' }

export interface Taken {
  readonly record: ReadRecord
  readonly verdict: Verdict
  /** The record's cursor where it is plausible, so that it may move the cursor of the work. */
  readonly cursor: Cursor | null
  /** The memory's decision about the record; null where it is unknown. */
  readonly recalled: Decision | null
  /** True where the memory must take over its hashes. */
  readonly renews: boolean
}

export interface IntakeOptions {
  readonly job: Job
  readonly format: Destination['format']
  /** Absent where the job has no joins. */
  readonly enrich?: Enrich | null
  readonly scope: Scope
  /** Memory of the ordinary read. */
  readonly memory: Memory
  /** Memory of the backfill in work; asked first, and never overridden. */
  readonly ownMemory: Memory | null
  readonly rejects: RejectIndex
  /** A forced backfill also sends records that are known as sent. */
  readonly force: boolean
  /** A replay also sends records that were rejected as changed, because a person asked for it. */
  readonly replay: boolean
}

type Indexed = ReturnType<RejectIndex['find']>

/** Record in, verdict out: read, place, recognise, map, encode. Synchronous: it runs once a record. */
export function createIntake(options: IntakeOptions): (raw: unknown) => Taken {
  const { job, format, enrich = null, scope, memory, ownMemory, rejects, force, replay } = options

  const isAskedFor = replay || force

  return function intake(raw) {
    const record = readRecord(job, raw, enrich)
    const at = record.cursor?.at ?? null
    const place = at === null ? 'within' : scope(at)
    if (place === 'to-come') return untouched(record, { kind: 'repeated', closes: null })
    if (place === 'beyond' || place === 'out-of-range') return untouched(record, { kind: place })
    const indexed = rejectOf(record, rejects)
    const known = recall(record, at, indexed)
    const verdict = decide(record, known, indexed, place)
    return {
      record,
      verdict,
      cursor: place === 'ahead' ? null : record.cursor,
      recalled: known?.decision ?? null,
      renews: known?.renews ?? false,
    }
  }

  function recall({ identity }: ReadRecord, at: string | null, indexed: Indexed): Known | null {
    const hasOpenReject = indexed?.reject.state === 'open'
    const own = ownMemory?.recall(identity, at, hasOpenReject) ?? null
    if (own) return own
    const known = memory.recall(identity, at, hasOpenReject)
    return force && known?.decision === 'sent' ? null : known
  }

  /** The protocol fixes the order of these checks: open reject, known, behind, new. */
  function decide(record: ReadRecord, known: Known | null, indexed: Indexed, place: Place): Verdict {
    const open = indexed?.reject.state === 'open' ? indexed.reject : null
    // Behind the cursor only a record with the same content is recognised: other content may be an earlier version that
    // was sent.
    if (place === 'behind' && !known?.same && !indexed?.same) return { kind: 'behind' }
    const recognised = recognise(known, indexed, open)
    if (recognised) return recognised
    const outcome = place === 'ahead' ? ahead(record) : toRows(job, format, record)
    // Written out: a spread would give each verdict a hidden class of its own.
    if (outcome.kind === 'rows') return { kind: 'rows', rows: outcome.rows, heals: open }
    return outcome.kind === 'reject' ? rejected(outcome, open) : { kind: 'filtered', heals: open }
  }

  /** Null where the record must be mapped: it is new, or its reject may be healed. */
  function recognise(known: Known | null, indexed: Indexed, open: IndexedReject | null): Verdict | null {
    const sameReject = indexed?.same ? indexed.reject : null
    if (sameReject && !open) return { kind: 'repeated', closes: null, dropped: sameReject }
    const sameKnown = known?.same ? recogniseSame(known, sameReject, open) : null
    if (sameKnown) return sameKnown
    if (sameReject?.onRequest && !isAskedFor) return rejected(changed, open)
    return known && decideChanged(known, open)
  }

  /** A record that was sent comes again with other content; null where it is sent again. */
  function decideChanged({ decision }: Known, open: IndexedReject | null): Verdict | null {
    if (decision !== 'sent' || (replay && open)) return null
    if (job.sync.onChange === 'ignore') return { kind: 'duplicate' }
    return job.sync.onChange === 'reject' ? rejected(changed, open) : null
  }
}

function rejectOf({ identity, place }: ReadRecord, rejects: RejectIndex): Indexed {
  return rejects.find(identity, () => place() ?? Infinity)
}

/** A verdict without the memory: it is neither read nor changed. */
function untouched(record: ReadRecord, verdict: Verdict): Taken {
  return { record, verdict, cursor: null, recalled: null, renews: false }
}

type EncodedRecord =
  { readonly kind: 'rows'; readonly rows: readonly EncodedRow[] } | { readonly kind: 'filtered' }

/** Rows of a record. An exception of the author's code on it becomes a reject. */
export function toRows(
  job: Job,
  format: Destination['format'],
  { parsed, fault }: ReadRecord,
): EncodedRecord | Reject {
  if (fault) return fault
  try {
    if (!hasConsent(job.consent, parsed)) return { kind: 'filtered' }
    const mapped = job.map(parsed)
    const rows: readonly unknown[] = mapped === null ? [] : Array.isArray(mapped) ? mapped : [mapped]
    if (rows.length === 0) return { kind: 'filtered' }
    const encoded: EncodedRow[] = []
    for (const row of rows) {
      const result = format.encode(row)
      if (result.kind === 'reject') return result
      encoded.push(result)
    }
    return { kind: 'rows', rows: encoded }
  } catch (error) {
    return reject('map-failed', '', toJobError(error).message)
  }
}

/** Null where it was never sent and its reject may be healed now. */
function recogniseSame(
  { decision }: Known,
  sameReject: IndexedReject | null,
  open: IndexedReject | null,
): Verdict | null {
  const wasUnsent = decision === 'rejected' || decision === 'late'
  return open && wasUnsent ? null : { kind: 'repeated', closes: sameReject }
}

function rejected(reason: Reject, replaces: IndexedReject | null): Verdict {
  return { kind: 'reject', reject: reason, replaces }
}

const changed = reject('changed', '', 'was sent before with other content')

function ahead({ cursor }: ReadRecord): Reject {
  return reject(
    'cursor-ahead',
    '',
    `is at ${cursor?.since ?? ''}, further in the future than the job tolerates`,
  )
}
