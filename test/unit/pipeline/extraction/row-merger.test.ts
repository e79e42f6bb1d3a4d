import { createRowMerger } from '../../../../src/pipeline/extraction/row-merger'
import { mergeRows } from '../../../../src/pipeline/extraction/sort/merge-rows'
import type { EncodedRow } from '../../../../src/destinations/destination'

const row = (rowKey: string | undefined, line: string): EncodedRow => ({
  ...{ kind: 'row', line, partition: 0, order: 0 },
  ...(rowKey === undefined ? {} : { rowKey }),
})
const joined = (a: EncodedRow, b: EncodedRow) => ({ ...a, line: a.line + b.line })

describe('rows with a key of a destination that adds up', () => {
  it('are sent once: a repeat of any content is a reject, also within one record', () => {
    const merger = createRowMerger('append', {}, false)

    expect(merger.merge([row('k', '1'), row('l', '1')])).toMatchObject({ kind: 'rows' })
    expect(merger.merge([row('k', '1')])).toMatchObject({ kind: 'reject', code: 'row-repeated' })
    expect(merger.merge([row('k', '2')])).toMatchObject({ kind: 'reject', code: 'row-repeated' })
    expect(merger.merge([row('m', '1'), row('m', '2')])).toMatchObject({ code: 'row-repeated' })
  })

  it('that were rejected with their record leave their keys free', () => {
    const merger = createRowMerger('append', {}, false)
    merger.merge([row('k', '1')])
    merger.merge([row('l', '1'), row('k', '1')])

    expect(merger.merge([row('l', '1')])).toMatchObject({ kind: 'rows' })
  })

  it('all pass where a person has rejects sent, and where the format puts them together', () => {
    const rows = [row('k', '1'), row('k', '1')]
    expect(createRowMerger('append', {}, true).merge(rows)).toEqual({ kind: 'rows', rows })
    expect(createRowMerger('append', { merge: joined }, false).merge(rows)).toEqual({ kind: 'rows', rows })
  })
})

it('rows without a key pass as often as they come', () => {
  const merger = createRowMerger('append', {}, false)
  const rows = [row(undefined, '1'), row(undefined, '1')]

  expect(merger.merge(rows)).toEqual({ kind: 'rows', rows })
})

it('rows that replace merge where they are equal, and conflict where they are not', () => {
  const merger = createRowMerger('upsert', {}, false)

  expect(merger.merge([row('k', '1')])).toEqual({ kind: 'rows', rows: [row('k', '1')] })
  expect(merger.merge([row('k', '1')])).toEqual({ kind: 'rows', rows: [] })
  expect(merger.merge([row('k', '2')])).toMatchObject({ kind: 'reject', code: 'row-key-conflict' })
})

it('rows of one record that replace each other merge and conflict as those of two records do', () => {
  const merger = createRowMerger('upsert', {}, false)

  expect(merger.merge([row('k', '1'), row('k', '1')])).toEqual({ kind: 'rows', rows: [row('k', '1')] })
  expect(merger.merge([row('l', '1'), row('l', '2')])).toMatchObject({ code: 'row-key-conflict' })
  expect(merger.merge([row('l', '3')])).toEqual({ kind: 'rows', rows: [row('l', '3')] })
})

it('sorted rows of the same key are put together across blocks, and others stay apart', async () => {
  const blocks = [
    [row('a', '1'), row('b', '2')],
    [row('b', '3')],
    [],
    [row('b', '4'), row('c', '5'), row(undefined, '6'), row(undefined, '7')],
  ]
  const lines: string[] = []
  for await (const block of mergeRows(blocks, { merge: joined })) lines.push(...block.map(({ line }) => line))

  expect(lines).toEqual(['1', '234', '5', '6', '7'])
})

it('no rows become no rows', async () => {
  const lines: unknown[] = []
  for await (const block of mergeRows([[]], { merge: joined })) lines.push(...block)

  expect(lines).toEqual([])
})
