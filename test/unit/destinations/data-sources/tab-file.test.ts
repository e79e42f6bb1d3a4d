import fc from '../../../fixtures/fast-check'
import { openTabFile, splitTabFile } from '../../../../src/destinations/data-sources/tab-file'
import { createBatcher } from '../../../../src/pipeline/extraction/batcher'

const header = 'Date\tTracking Code\tEvent 1\n'
const dayMs = 24 * 60 * 60_000

/** A row of the day with this number. */
function lineOf(day: number, code: string | number): string {
  const [year, month, date] = new Date(Date.UTC(2025, 0, 1) + day * dayMs)
    .toISOString()
    .slice(0, 10)
    .split('-')
  return `${month}/${date}/${year}\t${code}\t1\n`
}

/** The files that rows fill, each as its lines without the header. */
async function filesOf(lines: readonly string[], days: number, batchRows = 1_000_000): Promise<string[][]> {
  const limits = { batchRows, batchTextBytes: 1_000_000, batchStoredBytes: 1_000_000 }
  const batcher = createBatcher({ open: () => openTabFile(header, days) }, limits, () => 'short')
  const files: string[][] = []
  for (const line of lines) batcher.append({ kind: 'row', line, partition: 0, order: 0 })
  for await (const { bytes, rows } of batcher.flush()) {
    const [first, ...rest] = bytes.toString().split(/(?<=\n)/)
    expect([first, rows]).toEqual([header, rest.length])
    files.push(rest)
  }
  return files
}
const daysIn = (file: readonly string[]) => new Set(file.map((line) => line.slice(0, 10))).size

describe('a Data Sources file', () => {
  it('has 90 unique days at most: the 91st begins the next file', async () => {
    const days = Array.from({ length: 91 }, (_, day) => lineOf(day, 'a'))

    expect((await filesOf(days.slice(0, 90), 90)).map(daysIn)).toEqual([90])
    expect((await filesOf(days, 90)).map(daysIn)).toEqual([90, 1])
  })

  it('accepts more rows of its 90 days, and counts a time of day as its day', async () => {
    const days = Array.from({ length: 90 }, (_, day) => lineOf(day, 'a'))
    const again = [lineOf(0, 'b'), lineOf(89, 'c').replace('\t', '/23/59/59\t')]

    expect(await filesOf([...days, ...again], 90)).toEqual([[...days, ...again]])
  })

  it('keeps all rows in order, within its limits of days and rows, for any input', async () => {
    const drawn = fc.record({
      rows: fc.array(fc.nat(20), { maxLength: 60 }),
      days: fc.integer({ min: 1, max: 7 }),
      batchRows: fc.integer({ min: 1, max: 20 }),
    })
    const property = fc.asyncProperty(drawn, async ({ rows, days, batchRows }) => {
      const lines = rows.map((day, index) => lineOf(day, index))
      const files = await filesOf(lines, days, batchRows)

      expect(files.flat()).toEqual(lines)
      for (const file of files) expect(daysIn(file)).toBeLessThanOrEqual(days)
      // Full: the first row of a file was too much for the one before.
      files.slice(1).forEach((file, index) => {
        const before = files[index] ?? []
        expect(before.length === batchRows || daysIn([...before, ...file.slice(0, 1)]) > days).toBe(true)
      })
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('counts its bytes in UTF-8', () => {
    const file = openTabFile(header, 90)
    file.append('01/01/2026\té\t1\n')

    expect(file.textBytes).toBe(Buffer.byteLength(`${header}01/01/2026\té\t1\n`))
  })

  it('of many chunks splits into halves that keep every row once, in order', async () => {
    const lines = Array.from({ length: 9_001 }, (_, row) => lineOf(row % 90, `${row} é`))
    const file = openTabFile(header, 90)
    for (const line of lines) file.append(line)

    const halves = (await splitTabFile((await file.finish()).bytes)) ?? []

    expect(halves.map(({ rows }) => rows)).toEqual([4_500, 4_501])
    const split = halves.map(({ bytes }) => bytes.toString().replace(header, ''))
    expect(split.join('')).toBe(lines.join(''))
  })
})
