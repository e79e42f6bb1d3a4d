import { gunzipSync, gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from '../../../fixtures/fast-check'
import { peakMemoryMb } from '../../../fixtures/peak-memory'
import { createGzipFile } from '../../../../src/destinations/gzip-file'
import { splitGzipCsv } from '../../../../src/destinations/bulk-data-insertion/split-csv'

const header = 'id,note\r\n'
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

function rowsOf(bytes: Uint8Array): string[][] {
  return parse(gunzipSync(bytes))
}

it('a CSV file is split into two complete files with the first and the second half of its rows, in order', async () => {
  const notes = fc.array(
    fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r\n', ',', 'ü'), maxLength: 6 }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  await fc.assert(
    fc.asyncProperty(notes, async (texts) => {
      const file = header + texts.map((note, row) => `${row},${quoted(note)}\r\n`).join('')

      const halves = await splitGzipCsv(gzipSync(file))

      const [first = [], second = []] = (halves ?? []).map(({ bytes }) => rowsOf(bytes))
      expect(first[0]).toEqual(['id', 'note'])
      expect(second[0]).toEqual(['id', 'note'])
      expect([...first.slice(1), ...second.slice(1)]).toEqual(texts.map((note, row) => [String(row), note]))
      expect(halves?.map(({ rows }) => rows)).toEqual([first.length - 1, second.length - 1])
      expect(first.length - 1).toBe(Math.floor(texts.length / 2))
    }),
    { numRuns: 60 },
  )
})

it('the same CSV file is always split into the same halves', async () => {
  const file = gzipSync(`${header}1,a\r\n2,b\r\n3,c\r\n`)

  expect(await splitGzipCsv(file)).toEqual(await splitGzipCsv(file))
})

it('a CSV file of a single row is not split', async () => {
  expect(await splitGzipCsv(gzipSync(`${header}1,"a\nb"\r\n`))).toBeNull()
})

it('a large CSV file is split without its text in memory', async () => {
  const rows = 100_000
  const line = `1,${'x'.repeat(998)}\r\n`
  const lines = Buffer.from(line.repeat(100))
  const large = createGzipFile()
  large.write(Buffer.from(header))
  for (let row = 0; row < rows; row += 100) {
    large.write(lines)
    await large.drained()
  }
  const { bytes } = await large.finish(rows)
  const before = peakMemoryMb()

  const halves = await splitGzipCsv(bytes)

  expect(halves?.map((half) => half.rows)).toEqual([rows / 2, rows / 2])
  expect((peakMemoryMb() - before) * 1024 * 1024).toBeLessThan(rows * line.length)
})
