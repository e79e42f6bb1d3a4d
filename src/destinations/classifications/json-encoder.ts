import { personalDataIn } from '../../personal-data'
import { keyLimit, textFault } from './row-rules'
import type { EncodedRow, Reject } from '../destination'
import type { ClassifiedVariable } from './classification-row'
import type { RejectCode } from './row-rules'

/** Policy for an empty text in a column: its record is rejected, the stored value stays, or it is deleted. */
export type EmptyMeans = 'reject' | 'keep' | 'delete'

/** Encodes rows as JSON Lines of the import. The same row always becomes the same bytes. */
export interface JsonEncoder {
  encode(row: Readonly<Record<string, unknown>>): EncodedRow | Reject
}

/**
 * A row is one line, or two where it sets and deletes values. The lines of one row are separated by CR LF, rows by LF:
 * so a file can be cut between rows, and JSON Lines readers see no difference.
 */
export const withinRow = '\r\n'

/**
 * @param columns names in the set, in the order of the file
 * @param variable the one whose values are the keys
 * @param allowsPersonalKeys the author allows e-mail addresses and phone numbers as keys
 */
export function createJsonEncoder(
  columns: readonly string[],
  emptyMeans: EmptyMeans,
  variable: ClassifiedVariable,
  allowsPersonalKeys = false,
): JsonEncoder {
  const keyBytes = keyLimit(variable)
  const known = new Set(['key', ...columns])
  const names = columns.map((name) => `${JSON.stringify(name)}:`)

  function encode(row: Readonly<Record<string, unknown>>): EncodedRow | Reject {
    for (const name in row)
      if (!known.has(name)) return reject('column-unknown', name, 'is not among the columns of this job')
    const key = textOf(row.key)
    const unfit = keyFault(key, keyBytes) ?? (allowsPersonalKeys ? null : personalKey(key ?? ''))
    if (unfit) return unfit

    let set = ''
    let emptied = ''
    for (const [index, name] of columns.entries()) {
      const value = row[name]
      if (value === undefined) {
        return reject('column-missing', name, 'is undefined; null leaves the stored value as it is')
      }
      if (value === null) continue
      const text = textOf(value)
      if (text === null) return reject('value-type', name, 'is neither text nor a finite number')
      if (text === '') {
        if (emptyMeans === 'reject')
          return reject('value-empty', name, 'is empty, see the option `emptyMeans`')
        if (emptyMeans === 'delete') emptied += `${emptied && ','}${names[index] ?? ''}""`
        continue
      }
      const fault = textFault(text)
      if (fault) return reject(fault.code, name, fault.message)
      set += `${set && ','}${names[index] ?? ''}${JSON.stringify(text)}`
    }
    return rowOf(key ?? '', set, emptied)
  }

  return { encode }
}

/** Deletes a key with all its values. A line without `data`: with it, Adobe refuses the file. */
export function deletionOf(key: string): EncodedRow {
  return encoded(key, `{"key":${JSON.stringify(key)},"action":"delete-key"}\n`)
}

/** `delete-field` names its action and its columns: without the action, Adobe would blank the whole column. */
function rowOf(key: string, set: string, emptied: string): EncodedRow | Reject {
  if (set === '' && emptied === '') return reject('row-without-values', '', 'sets no column')
  const head = `{"key":${JSON.stringify(key)},`
  const update = set && `${head}"data":{${set}}}`
  const deletion = emptied && `${head}"action":"delete-field","data":{${emptied}}}`
  return encoded(key, `${[update, deletion].filter((line) => line !== '').join(withinRow)}\n`)
}

function encoded(key: string, line: string): EncodedRow {
  return { kind: 'row', line, partition: 0, order: 0, rowKey: key }
}

function keyFault(key: string | null, limit: number): Reject | null {
  if (key === null) return reject('value-type', 'key', 'is neither text nor a finite number')
  if (key.trim() === '') return reject('value-empty', 'key', 'is empty')
  const fault = textFault(key, limit)
  return fault && reject(fault.code, 'key', fault.message)
}

/** A key is a value of the variable, which reports show to everybody. */
function personalKey(key: string): Reject | null {
  const found = personalDataIn(key)
  return (
    found && reject('personal-data', 'key', `looks like ${found}: use hashed(), or set allowPersonalKeys`)
  )
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

function reject(code: RejectCode, path: string, message: string): Reject {
  return { kind: 'reject', code, path, message }
}
