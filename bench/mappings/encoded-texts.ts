import { parse } from 'csv-parse/sync'
import { columns } from '../orders'
import type { EncodedRow, Reject } from '../../src/destinations/destination'

/** The values of one encoded line, read by a foreign reader. */
export function encodedTexts(row: EncodedRow | Reject): Record<string, string> {
  if (!('line' in row)) throw new Error(`${row.path} ${row.message}`)
  const [texts = []] = parse(row.line)
  return Object.fromEntries(columns.map((name, index) => [name, texts[index] ?? '']))
}
