import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { placeOf } from './place'
import type { ReadRequest, Source } from '../source'
import type { ChildSource } from './child-options'
import type { Assignment } from './place'

/** A parent as the requests for its children need it. */
export interface Parent {
  readonly values: readonly Assignment[]
  /** The fields that its children get. */
  readonly carried: Readonly<Record<string, unknown>>
}

const defaultMost = 10_000
/** Carried fields of all parents, as JSON. */
const maxBytes = 16 * 1024 * 1024

/**
 * Reads all parents before the first child: an answer or a page token does not expire while children are read, and there
 * is one request under way at a time. A parent that comes again with the same fields counts once.
 * @throws JobError of the source; `source-malformed` for more parents than declared, one without a field that is
 * filled in, and one that comes twice with different fields
 */
export async function readParents(
  { fill, carry, most = defaultMost }: Pick<ChildSource, 'fill' | 'carry' | 'most'>,
  source: Source,
  request: ReadRequest,
): Promise<readonly Parent[]> {
  const parents: Parent[] = []
  /** Hash of the carried fields, by the values that are filled in. */
  const seen = new Map<string, string>()
  let bytes = 0
  for await (const { records } of source.read(request)) {
    for (const record of records) {
      const values = Object.entries(fill).map(([path, param]) => ({
        place: placeOf(param),
        value: filledFrom(record, path),
      }))
      const carried = carriedFrom(record, carry.fields)
      const key = JSON.stringify(values.map(({ value }) => String(value)))
      const json = JSON.stringify(carried)
      const hash = createHash('sha256').update(json).digest('base64')
      const before = seen.get(key)
      if (before === hash) continue
      if (before !== undefined) throw faulty('sends a parent twice, with different fields to carry')
      if (parents.length >= most) throw faulty(`sends more than ${most} parents (most)`)
      bytes += Buffer.byteLength(json)
      if (bytes > maxBytes) throw faulty('sends parents whose carried fields are larger than 16 MB')
      seen.set(key, hash)
      parents.push({ values, carried })
    }
  }
  return parents
}

function filledFrom(record: unknown, path: string): string | number {
  const value = valueAt(record, path)
  if (typeof value === 'string' && value !== '') return value
  // Whole numbers beyond 2^53 come as texts; a rounded one would ask for the children of another parent.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw faulty(`sends a parent without a text or whole number at "${path}"`)
}

function carriedFrom(record: unknown, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = fields.map((field) => [field, valueAt(record, field)] as const)
  return Object.freeze(Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
}

function faulty(what: string): JobError {
  return new JobError(
    'source-malformed',
    `The source of the parents ${what}.`,
    'Compare its records with `fill`, `carry` and `most` of the source. The next run reads again.',
  )
}
