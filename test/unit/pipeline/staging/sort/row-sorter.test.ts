import { readdir } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { createRowSorter } from '../../../../../src/pipeline/staging/sort/row-sorter'
import type { EncodedRow } from '../../../../../src/destinations/destination'

const scratch = mkdtempSync(join(tmpdir(), 'row-sorter-'))

async function sortedBy(rows: readonly EncodedRow[]): Promise<EncodedRow[]> {
  const sorter = createRowSorter(scratch)
  for (const row of rows) {
    sorter.append(row)
    await sorter.settle()
  }
  const sorted: EncodedRow[] = []
  for await (const block of sorter.sorted()) sorted.push(...block)
  await sorter.dispose()
  return sorted
}

it('sorts by time, keeps the order of equal times, and loses nothing, however much goes to disk', async () => {
  const filler = 'ü"\n'.repeat(200_000)
  const row = fc.record({ at: fc.nat(20), group: fc.nat(3), size: fc.nat(2) })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (drawn) => {
      const rows = drawn.map(({ at, group, size }, index) => ({
        at,
        group,
        line: `${index}${filler.slice(0, size * 200_000)}`,
      }))
      const expected = rows
        .map((entry, index) => ({ entry, index }))
        .sort((a, b) => a.entry.at - b.entry.at || a.index - b.index)
      expect(await sortedBy(rows)).toEqual(expected.map(({ entry }) => entry))
    }),
    { numRuns: 30 },
  )
}, 60_000)

it('leaves nothing on the disk', async () => {
  await sortedBy([{ at: 1, group: 0, line: 'x'.repeat(5_000_000) }])

  expect(await readdir(scratch)).toEqual([])
})
