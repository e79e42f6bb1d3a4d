import { toJobError } from '../../errors'
import type { Destination, EncodedRow, Reject } from '../../destinations/destination'
import type { Job } from '../../jobs/job'
import type { CursorTracker } from './cursor-tracker'
import type { SeenLedger } from './seen/seen-ledger'

/** What became of one record. A record is all or nothing: one bad row rejects it whole. */
export type Intake =
  | { readonly kind: 'rows'; readonly rows: readonly EncodedRow[] }
  | { readonly kind: 'filtered' }
  /** Read again on purpose, and known. */
  | { readonly kind: 'duplicate' }
  /** Taken by an earlier commit; read again because resuming is inclusive. Not counted. */
  | { readonly kind: 'repeated' }
  /** Behind the end of the work, and so is everything after it. */
  | { readonly kind: 'beyond' }
  | { readonly kind: 'reject'; readonly reject: Reject }

export interface IntakeOptions {
  readonly tracker: CursorTracker | null
  readonly ledger: SeenLedger | null
  /** Positions from here on belong to later work. */
  readonly until: string | null
  /** A lane sends what was sent before, and says so. */
  readonly lane: boolean
}

const filtered: Intake = { kind: 'filtered' }
const duplicate: Intake = { kind: 'duplicate' }
const repeated: Intake = { kind: 'repeated' }
const beyond: Intake = { kind: 'beyond' }

/** Record in, encoded rows out: parse, recognise, map, encode. Synchronous: it runs once a record. */
export function createIntake(
  job: Job,
  destination: Destination,
  { tracker, ledger, until, lane }: IntakeOptions,
): (raw: unknown) => Intake {
  return function intake(raw) {
    const parsed = job.record.safeParse(raw)
    if (!parsed.success) {
      if (tracker?.take(raw, null, null) === 'repeated') return repeated
      const issue = parsed.error.issues[0]
      return rejected('record-invalid', issue?.path.join('.') ?? '', issue?.message ?? 'is not valid')
    }

    const record = parsed.data
    const position = job.position?.(record) ?? null
    const key = job.key?.(record) ?? null
    if (until !== null && position !== null && position >= until) return beyond
    if (tracker?.take(raw, position, key) === 'repeated') return repeated
    if (!ledger || key === null) return toRows(record)

    const known = lane ? 'new' : ledger.judge(key, record)
    if (known === 'same') return duplicate
    if (known === 'changed' && job.changed === 'reject') {
      return rejected('changed', '', 'was sent before with other content')
    }
    if (known === 'changed' && job.changed !== 'send') return duplicate
    const taken = toRows(record)
    ledger.remember(key, record, taken.kind === 'rows')
    return taken
  }

  function toRows(record: unknown): Intake {
    let mapped: unknown
    try {
      mapped = job.map(record)
    } catch (error) {
      return rejected('map-failed', '', toJobError(error).message)
    }
    if (mapped === null) return filtered
    const rows: readonly unknown[] = Array.isArray(mapped) ? mapped : [mapped]
    if (rows.length === 0) return filtered

    const encoded: EncodedRow[] = []
    for (const row of rows) {
      const result = destination.encode(row)
      if ('code' in result) return { kind: 'reject', reject: result }
      encoded.push(result)
    }
    return { kind: 'rows', rows: encoded }
  }
}

function rejected(code: string, path: string, message: string): Intake {
  return { kind: 'reject', reject: { code, path, message } }
}
