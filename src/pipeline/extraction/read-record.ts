import { toJobError } from '../../errors'
import { valueAt } from '../../field-path'
import { isTooDeep } from './canonical-json'
import { parseCursor, placeOf } from './cursor-value'
import { identify, identifyEnriched, keyOf } from './identity'
import type { Reject } from '../../destinations/destination'
import type { Job } from '../../definition/job'
import type { PageCursor, RecordCursor } from '../../definition/sync'
import type { Cursor } from '../../state/work'
import type { Enrich, Enriched } from '../joins/enrichment'
import type { LazyIdentity } from './identity'

/** Reject codes of the engine; a destination has its own. */
export const recordRejectCodes = [
  'record-invalid',
  'record-threw',
  'record-too-deep',
  'join-unmatched',
  'key-missing',
  'cursor-unreadable',
  'cursor-ahead',
  'changed',
  'late',
  'map-failed',
  'row-key-conflict',
  'row-repeated',
] as const

export type RecordRejectCode = (typeof recordRejectCodes)[number]

/** A record as the engine sees it: its identity, its cursor, and its fault, if any. */
export interface ReadRecord {
  readonly raw: unknown
  /** The parsed record; undefined where the schema refused it. */
  readonly parsed: unknown
  readonly fault: Reject | null
  readonly identity: LazyIdentity
  /** Null where it has no readable cursor. */
  readonly cursor: Cursor | null
  /** Its cursor as a number, see `placeOf`; null as above. Computed on demand, because few records need it. */
  readonly place: () => number | null
}

/**
 * Cursor and primary key are read from the parsed record; where it does not parse, from the raw one.
 * @param enrich adds the fields of the job's joins before the record is parsed; null where it has none
 */
export function readRecord(
  { record: schema, sync }: Job,
  raw: unknown,
  enrich: Enrich | null = null,
): ReadRecord {
  const enriched = enrich?.(raw)
  const result = enriched ? parseEnriched(schema, enriched) : parse(schema, raw)
  const parsed = result.kind === 'parsed' ? result.record : undefined
  const subject = parsed ?? raw
  const field = cursorFieldOf(sync)
  const cursor = field && parseCursor(field, valueAt(subject, field.path))
  return {
    raw,
    parsed,
    fault: result.kind === 'reject' ? result : faultOf(sync.primaryKey, field, cursor, subject),
    identity: enriched
      ? identifyEnriched(sync.primaryKey, enriched.content, parsed, schema)
      : identify(sync.primaryKey, raw, parsed, schema),
    cursor,
    place: () => field && cursor && placeOf(field, cursor.at),
  }
}

/** The cursor that records carry; null where pages carry it, or where there is none. */
export function cursorFieldOf(sync: Job['sync']): RecordCursor | null {
  const cursor: RecordCursor | PageCursor | null = sync.mode === 'full-refresh' ? null : sync.cursor
  return cursor?.kind === 'record' ? cursor : null
}

type Parsed = { readonly kind: 'parsed'; readonly record: unknown } | Reject

function parseEnriched(schema: Job['record'], enriched: Enriched): Parsed {
  if (enriched.kind === 'enriched') return parse(schema, enriched.record)
  const { join, by } = enriched
  return reject('join-unmatched', by, `has a value that the source of the join "${join}" does not have`)
}

function parse(schema: Job['record'], raw: unknown): Parsed {
  if (isTooDeep(raw)) return reject('record-too-deep', '', 'is nested deeper than 200 levels')
  try {
    const result = schema.safeParse(raw)
    if (result.success) return { kind: 'parsed', record: result.data }
    const issue = result.error.issues[0]
    return reject('record-invalid', issue?.path.join('.') ?? '', issue?.message ?? 'is not valid')
  } catch (error) {
    return reject('record-threw', '', `the record schema threw: ${toJobError(error).message}`)
  }
}

function faultOf(
  primaryKey: readonly string[] | null,
  field: RecordCursor | null,
  cursor: Cursor | null,
  subject: unknown,
): Reject | null {
  if (primaryKey && keyOf(primaryKey, subject) === null) {
    return reject('key-missing', primaryKey.join(', '), 'has no primary key, so it could not be recognised')
  }
  if (field && !cursor) {
    return reject('cursor-unreadable', field.path, `is not a cursor in the notation "${field.notation}"`)
  }
  return null
}

export function reject(code: RecordRejectCode, path: string, message: string): Reject {
  return { kind: 'reject', code, path, message }
}
