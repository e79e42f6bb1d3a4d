import { createGzip } from 'node:zlib'
import { Readable } from 'node:stream'
import { Zip, ZipDeflate } from 'fflate'
import { csv } from '../../src/sources/decoders/csv'
import { gzip } from '../../src/sources/decoders/gzip'
import { json } from '../../src/sources/decoders/json'
import { jsonLines } from '../../src/sources/decoders/json-lines'
import { xml } from '../../src/sources/decoders/xml'
import { zip } from '../../src/sources/decoders/zip'
import { measure, task } from './subject'
import type { Decoder } from '../../src/sources/decoders/decoder'

const filler = 'x'.repeat(200)
const rowsPerPiece = 250

/** The text of a body, made as it is read: it is nowhere whole. */
function* textOf(begin: string, row: (id: number) => string, separator: string, end: string) {
  yield begin
  for (let id = 0; id < task.rows; id += rowsPerPiece) {
    const count = Math.min(rowsPerPiece, task.rows - id)
    const rows = Array.from({ length: count }, (_, index) => row(id + index)).join(separator)
    yield id + count < task.rows ? rows + separator : rows
  }
  yield end
}

async function* bytesOf(text: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const piece of text) yield await Promise.resolve(Buffer.from(piece))
}

async function* zipped(text: Iterable<string>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const archive = new Zip((_, chunk) => ready.push(chunk))
  const file = new ZipDeflate('rows.jsonl', { level: 1 })
  archive.add(file)
  for await (const bytes of bytesOf(text)) {
    file.push(bytes)
    yield* ready.splice(0)
  }
  file.push(new Uint8Array(), true)
  archive.end()
  yield* ready.splice(0)
}

const jsonRow = (id: number) => `{"id":${id},"text":"${filler}"}`
const lines = () => textOf('', jsonRow, '\n', '\n')

const formats: Readonly<Record<string, () => { decoder: Decoder; bytes: AsyncIterable<Uint8Array> }>> = {
  json: () => ({
    decoder: json({ records: 'data' }),
    bytes: bytesOf(textOf('{"data":[', jsonRow, ',', '],"next":null}')),
  }),
  'json-lines': () => ({ decoder: jsonLines(), bytes: bytesOf(lines()) }),
  csv: () => ({ decoder: csv(), bytes: bytesOf(textOf('id,text\n', (id) => `${id},${filler}`, '\n', '\n')) }),
  xml: () => ({
    decoder: xml({ record: 'rows.row' }),
    bytes: bytesOf(
      textOf('<rows>', (id) => `<row><id>${id}</id><text>${filler}</text></row>`, '\n', '</rows>'),
    ),
  }),
  gzip: () => ({
    decoder: gzip(jsonLines()),
    bytes: Readable.from(bytesOf(lines())).pipe(createGzip({ level: 1 })) as AsyncIterable<Uint8Array>,
  }),
  zip: () => ({ decoder: zip(jsonLines()), bytes: zipped(lines()) }),
}

/** Reads one body of the format in `BENCH_FORMAT`, record by record. */
measure(async () => {
  const format = formats[process.env.BENCH_FORMAT ?? '']?.()
  if (!format) throw new RangeError('BENCH_FORMAT names no format.')
  let rows = 0
  const body = { bytes: format.bytes, contentType: null, place: 'bench' }
  for await (const records of format.decoder.decode(body).records) rows += records.length
  if (rows !== task.rows) throw new Error(`${rows} of ${task.rows} records were read.`)
  return { rows }
})
