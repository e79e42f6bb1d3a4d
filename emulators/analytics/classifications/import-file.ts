import { parse } from 'csv-parse/sync'
import type { ImportRecord } from './classification-sets'

/** An imported file: its records, or the text with which its validation fails. */
export type ReadImport =
  | { readonly kind: 'records'; readonly records: readonly ImportRecord[] }
  | { readonly kind: 'invalid'; readonly message: string }

const byteLimit = 255

/**
 * Reads an import by Adobe's rules: JSON Lines, or tab or comma separated values with a header.
 * @see https://experienceleague.adobe.com/en/docs/analytics/components/classifications/sets/data-files
 */
export function readImport(bytes: Buffer, format: string, columns: readonly string[]): ReadImport {
  return format === 'json'
    ? readJsonLines(bytes.toString('utf8'), columns)
    : readTable(bytes, format, columns)
}

function readJsonLines(text: string, columns: readonly string[]): ReadImport {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  try {
    return readJsonRecords(
      lines.map((line) => JSON.parse(line) as unknown),
      columns,
    )
  } catch {
    return invalid('Malformed document')
  }
}

/** The records of a JSON import. */
export function readJsonRecords(values: readonly unknown[], columns: readonly string[]): ReadImport {
  const records: ImportRecord[] = []
  for (const value of values) {
    const record = readRecord(value as Partial<Record<string, unknown>>)
    if (typeof record === 'string') return invalid(record)
    const fault = faultOf(record, columns)
    if (fault) return invalid(fault)
    records.push(record)
  }
  return { kind: 'records', records }
}

function readRecord({
  key,
  action = 'update',
  data,
}: Partial<Record<string, unknown>>): ImportRecord | string {
  if (typeof key !== 'string' || key.trim() === '') return 'Key is a required field'
  if (action !== 'update' && action !== 'delete-field' && action !== 'delete-key') return 'Malformed document'
  if (action === 'delete-key') {
    return data === undefined
      ? { key, action, data: {} }
      : 'Data must not be present when using action=delete-key'
  }
  const isData = typeof data === 'object' && data !== null && Object.keys(data).length > 0
  if (!isData) return `Data is a required field when using action=${action}`
  return { key, action, data: textsOf(data) }
}

function textsOf(data: object): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, String(value ?? '')]))
}

function readTable(bytes: Buffer, format: string, columns: readonly string[]): ReadImport {
  const isCsv = format === 'csv'
  let rows: string[][]
  try {
    rows = parse(bytes, {
      ...(isCsv ? { trim: true } : { delimiter: '\t', quote: null }),
      relaxColumnCount: true,
      skipEmptyLines: true,
    })
  } catch {
    return invalid('Malformed document')
  }
  const [header = [], ...lines] = rows
  if (header[0] !== 'Key') return invalid("The first header column must be called 'Key'")
  if (header.length < 2) return invalid('A minimum of two header items are required')
  if (header.includes('')) return invalid('Blank headers are not allowed')
  const records: ImportRecord[] = []
  for (const line of lines) {
    if (line.length !== header.length) return invalid('The number of columns did not match the headers')
    const [key = '', ...values] = line
    if (key.trim() === '') return invalid('Key is a required field')
    for (const record of tableRecords(key, header.slice(1), values)) {
      const fault = faultOf(record, columns)
      if (fault) return invalid(fault)
      records.push(record)
    }
  }
  return { kind: 'records', records }
}

function tableRecords(key: string, names: readonly string[], values: readonly string[]): ImportRecord[] {
  if (values.includes('~deletekey~')) return [{ key, action: 'delete-key', data: {} }]
  const cells = names.map((name, index) => [name, values[index] ?? ''] as const)
  const emptied = cells.filter(([, value]) => value === '~empty~')
  const set = cells.filter(([, value]) => value !== '~empty~' && value !== '')
  const records: ImportRecord[] = [
    { key, action: 'update', data: Object.fromEntries(set) },
    { key, action: 'delete-field', data: Object.fromEntries(emptied) },
  ]
  return records.filter(({ data }) => Object.keys(data).length > 0)
}

function faultOf({ key, data }: ImportRecord, columns: readonly string[]): string | null {
  if (Object.keys(data).some((name) => !columns.includes(name))) return 'Unknown header'
  if (Buffer.byteLength(key) > byteLimit) return 'Key exceeds maximum size'
  const values = Object.values(data)
  if (values.some((value) => Buffer.byteLength(value) > byteLimit)) return 'Column value exceeds maximum size'
  if ([key, ...values].some((text) => /^0+$/.test(text)))
    return 'Keys and values of only zeros are not allowed'
  return null
}

function invalid(message: string): ReadImport {
  return { kind: 'invalid', message }
}
