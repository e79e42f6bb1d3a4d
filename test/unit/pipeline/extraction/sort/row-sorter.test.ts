import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from '../../../../fixtures/fast-check'
import { createRowSorter } from '../../../../../src/pipeline/extraction/sort/row-sorter'
import { errorOf } from '../../../../fixtures/error-of'
import type { EncodedRow } from '../../../../../src/destinations/destination'

const scratch = mkdtempSync(join(tmpdir(), 'row-sorter-'))
afterAll(() => rm(scratch, { recursive: true }))

async function sorted(rows: readonly EncodedRow[], runChars: number) {
  const sorter = createRowSorter(scratch, { runChars, diskBytes: 1e9 })
  let spilled = 0
  for (const row of rows) {
    sorter.append(row)
    await sorter.settle()
  }
  const result: EncodedRow[] = []
  for await (const block of sorter.sorted()) {
    if (spilled === 0) spilled = (await readdir(scratch, { recursive: true })).length
    result.push(...block)
  }
  await sorter.dispose()
  return { result, spilled }
}

const line = fc.string({ unit: 'grapheme', maxLength: 60 })

it('the external merge sort keeps every row and the order of equal rows, in memory and on disk', async () => {
  let onDisk = 0
  const row = fc.record({ order: fc.nat(20), partition: fc.nat(3), line })
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 400, size: 'max' }),
      fc.constantFrom(200, 1e6),
      async (drawn, runChars) => {
        const rows = drawn.map((fields): EncodedRow => ({ kind: 'row', ...fields }))

        const { result, spilled } = await sorted(rows, runChars)

        if (spilled > 1) onDisk += 1
        expect(result).toEqual([...rows].sort((a, b) => a.order - b.order))
      },
    ),
    { numRuns: 60, seed: 3 },
  )
  expect(onDisk).toBeGreaterThan(15)
})

it('rows with a key are sorted by it', async () => {
  const row = fc.record({ rowKey: fc.string({ minLength: 1, maxLength: 4 }), line })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 200 }), async (drawn) => {
      const rows = drawn.map((fields): EncodedRow => ({ kind: 'row', partition: 0, order: 0, ...fields }))

      const { result } = await sorted(rows, 100)

      const byKey = (a: EncodedRow, b: EncodedRow) =>
        (a.rowKey ?? '') < (b.rowKey ?? '') ? -1 : a.rowKey === b.rowKey ? 0 : 1
      expect(result).toEqual([...rows].sort(byKey))
    }),
    { numRuns: 30, seed: 3 },
  )
})

it('the external merge sort deletes its files, and fails before the disk of the action is full', async () => {
  const row: EncodedRow = { kind: 'row', order: 1, partition: 0, line: 'x'.repeat(2_000) }
  await sorted([row, row], 1_000)
  expect(await readdir(scratch)).toEqual([])

  const sorter = createRowSorter(scratch, { runChars: 1_000, diskBytes: 3_000 })
  sorter.append(row)
  await sorter.settle()
  sorter.append(row)
  expect(await errorOf(sorter.settle())).toMatchObject({ code: 'slice-too-large' })
  await sorter.dispose()
  expect(await readdir(scratch)).toEqual([])
})

it('rows that are longer than a buffer come back whole, among short ones', async () => {
  const rows = [70_000, 10, 33_000, 5, 40_000].map((length, order): EncodedRow => ({
    ...{ kind: 'row', partition: 0, order: -order },
    line: `${order}${'é'.repeat(length)}\n`,
  }))

  const { result, spilled } = await sorted(rows, 80_000)

  expect(spilled).toBeGreaterThan(2)
  expect(result.map(({ line }) => line)).toEqual(rows.map(({ line }) => line).reverse())
})
