import { once } from 'node:events'
import { stringify } from 'csv-stringify'
import { gzipFile, header, send } from './peer'

/** Takes one row; where it returns a promise, the stream behind wants the writer to wait for it. */
export type Write = (row: Readonly<Record<string, string>>) => Promise<unknown> | null

/** Sends the rows that `produce` writes as one file: csv-stringify into gzip. */
export async function writeRows(produce: (write: Write) => Promise<void>): Promise<object> {
  const csv = stringify({ header: true, columns: [...header], record_delimiter: 'windows' })
  const { gzip, bytes } = gzipFile()
  csv.pipe(gzip)
  await produce((row) => (csv.write(row) ? null : once(csv, 'drain')))
  csv.end()
  return send(await bytes)
}
