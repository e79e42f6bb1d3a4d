import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import type { Join } from '../../definition/join'
import type { Source } from '../../sources/source'

/** The joined fields by key. */
export type JoinTable = ReadonlyMap<string, Readonly<Record<string, unknown>>>

const megabyte = 1024 * 1024

/**
 * Reads the second source of a join whole, and keeps its joined fields.
 * @throws JobError of the source; `join-unusable` where it is larger than its limits, empty, without a key or a field, or
 * has a key twice: any of these would join wrong values, or none, to records that are sent for good
 */
export async function readJoinTable(
  name: string,
  { key, fields, limits }: Join,
  source: Source,
  signal: AbortSignal,
): Promise<JoinTable> {
  const table = new Map<string, Readonly<Record<string, unknown>>>()
  const found = new Set<string>()
  let bytes = 0
  for await (const { records } of source.read({ mode: 'full-refresh', signal })) {
    for (const record of records) {
      if (table.size >= limits.records) throw tooLarge(name, `${limits.records} records (limits.records)`)
      const id = joinKeyOf(valueAt(record, key))
      if (id === null) throw unusable(name, `has no text or number at "${key}" in record ${table.size + 1}`)
      if (table.has(id)) throw unusable(name, `has the key of record ${table.size + 1} twice`)
      const joined = fieldsOf(record, fields)
      for (const field in joined) found.add(field)
      bytes += Buffer.byteLength(JSON.stringify([id, joined]))
      if (bytes > limits.megabytes * megabyte)
        throw tooLarge(name, `${limits.megabytes} MB (limits.megabytes)`)
      table.set(id, joined)
    }
  }
  if (table.size === 0) throw unusable(name, 'has no records, so that nothing would match')
  const absent = fields.find((field) => !found.has(field))
  if (absent !== undefined) throw unusable(name, `has the field "${absent}" in none of its records`)
  return table
}

/** Numbers and texts of the same digits are the same key; null for what is no key. */
export function joinKeyOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  // Beyond 2^53, different keys would be read as the same number.
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : null
}

function fieldsOf(record: unknown, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = fields.map((field) => [field, valueAt(record, field)] as const)
  return Object.freeze(Object.fromEntries(entries.filter(([, value]) => value !== undefined)))
}

function tooLarge(name: string, limit: string): JobError {
  return new JobError(
    'join-unusable',
    `The source of the join "${name}" is larger than ${limit}.`,
    'Raise the limit, as far as the memory of the action allows, or ask its API for fewer records.',
    { details: { join: name } },
  )
}

function unusable(name: string, what: string): JobError {
  return new JobError(
    'join-unusable',
    `The source of the join "${name}" ${what}.`,
    'Compare its records with `key` and `fields` of the join. Nothing is sent until then; later runs try again.',
    { details: { join: name } },
  )
}
