import { gzipSync } from 'node:zlib'
import { stringify } from 'csv-stringify/sync'
import { zipSync } from 'fflate'
import fc from '../../../fixtures/fast-check'
import { csv } from '../../../../src/sources/decoders/csv'
import { decodedPages } from '../../../../src/sources/decoders/decoded-pages'
import { gzip } from '../../../../src/sources/decoders/gzip'
import { zip } from '../../../../src/sources/decoders/zip'
import { bodyOf, decodeAll, recordsOf } from './bodies'
import type { Decoder } from '../../../../src/sources/decoders/decoder'

const field = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r', ' ', 'a', 'ü', '1') }),
)
const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    names: fc.uniqueArray(
      fc.string({ minLength: 1 }).filter((name) => name.trim() !== '' && name !== '\ufeff'),
      { minLength: width, maxLength: width },
    ),
    rows: fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 6 }),
  }),
)

it('CSV gives what csv-stringify wrote, in any dialect and piece size', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t', '|'),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 30 }),
      async ({ names, rows }, delimiter, lineBreak, pieceBytes) => {
        // All quoted: a blank line would be no record.
        const text = stringify([names, ...rows], {
          delimiter,
          record_delimiter: lineBreak,
          quoted: true,
          quoted_empty: true,
        })

        const records = await recordsOf(csv({ delimiter }), text, pieceBytes)

        expect(records).toEqual(
          rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
        )
      },
    ),
    { numRuns: 150 },
  )
})

it('line breaks of all kinds may be mixed, and blank lines are skipped', async () => {
  expect(await recordsOf(csv(), 'a,b\r\n1,2\n\n3,4\r5,6\r\n\r\n', 1)).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '4' },
    { a: '5', b: '6' },
  ])
})

it('values stay texts: leading zeros and long numbers are not touched', async () => {
  expect(await recordsOf(csv(), 'id\n007\n9007199254740993')).toEqual([
    { id: '007' },
    { id: '9007199254740993' },
  ])
})

it('skips the lines before the header, and takes names for a body without one', async () => {
  expect(await recordsOf(csv({ skipLines: 2 }), 'Cost report, May\n"x"\na,b\n1,2')).toEqual([
    { a: '1', b: '2' },
  ])
  expect(await recordsOf(csv({ header: ['a', 'b'] }), '1,2')).toEqual([{ a: '1', b: '2' }])
})

it('a column named __proto__ is a column', async () => {
  const [record] = await recordsOf(csv(), '__proto__,b\n1,2')
  expect(Object.keys(record as object)).toEqual(['__proto__', 'b'])
})

it.each([
  ['', 'is empty: not even a header came'],
  ['\n\n', 'is empty: not even a header came'],
  ['a,b\n1\n', 'has more or fewer fields than before at line 2'],
  ['a,b\n1,2,3\n', 'has more or fewer fields than before at line 2'],
  ['a,b\n1,"2', 'breaks off inside of quotes that were opened'],
  ['a,b\n1,"2"x\n', 'has a character after a closing quote at line 2'],
  ['a,b\n1,x"2"\n', 'has a quote inside of a field without quotes at line 2'],
  ['a,,c\n1,2,3\n', 'has a header without a name for column 2'],
  ['a,b,a\n1,2,3\n', 'has a header that names column 3 like one before it'],
])('CSV is refused: %j', async (text, message) => {
  await expect(recordsOf(csv(), text)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining(message) as string,
  })
})

it('a body with other columns than the declared ones is refused', async () => {
  await expect(recordsOf(csv({ header: ['a', 'b'] }), '1,2,3')).rejects.toThrow(
    'has 3 columns, and the decoder declares 2',
  )
})

it('quotes that are never closed do not fill the memory', async () => {
  await expect(recordsOf(csv(), `a\n"${'x'.repeat(3_000_000)}`, 65_536)).rejects.toThrow('more than 1 MB')
})

it('the HTML of a login page is not read as CSV', async () => {
  await expect(decodeAll(csv(), bodyOf('<html>', { contentType: 'text/html' }))).rejects.toThrow('is not CSV')
})

it.each([
  [{ delimiter: ';;' }, 'csv: "delimiter" must be one character'],
  [{ header: ['a', 'a'] }, 'csv: "header" names a column twice'],
  [{ skipLines: -1 }, 'csv: "skipLines" must not be negative'],
])('options that cannot work are faults: %j', (options, fault) => {
  expect(csv(options).faults).toEqual([fault])
})

it('a body with a header line alone tells its fields, because the line may be a message in place of data', async () => {
  const message = Buffer.from('Rate limit exceeded')
  const pagesOf = async (decoder: Decoder, content: Uint8Array) => {
    const pages: unknown[] = []
    for await (const page of decodedPages(decoder.decode(bodyOf(content)))) pages.push(page)
    return pages
  }
  const told = [{ records: [], fields: ['Rate limit exceeded'] }]

  expect(await pagesOf(csv(), message)).toEqual(told)
  expect(await pagesOf(gzip(csv()), gzipSync(message))).toEqual(told)
  expect(await pagesOf(zip(csv()), zipSync({ 'a.csv': new Uint8Array(message) }))).toEqual(told)
  expect(await pagesOf(csv(), Buffer.from('id\n1'))).toEqual([{ records: [{ id: '1' }] }])
  expect(await pagesOf(csv({ header: ['id'] }), Buffer.from(''))).toEqual([])
})
