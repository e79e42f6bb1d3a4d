import { createBatcher } from '../../../../src/pipeline/extraction/batcher'
import { textFormat } from '../../../fixtures/text-format'
import type { FinishedBatch } from '../../../../src/pipeline/extraction/batcher'

const format = textFormat(() => ({ kind: 'row', line: '', partition: 0, order: 0 }))
const limits = { batchRows: 3, batchTextBytes: 1e6, batchStoredBytes: 1e6 }

async function batchesOf(...rows: readonly (readonly [partition: number, order: number])[]) {
  const batcher = createBatcher(format, limits, () => '')
  for (const [partition, order] of rows) batcher.append({ kind: 'row', line: 'row\n', partition, order })
  const batches: FinishedBatch[] = []
  for await (const batch of batcher.flush()) batches.push(batch)
  return batches.map(({ partition, rows: count, span }) => ({ partition, rows: count, span }))
}

it('the span of a batch holds the least and the greatest order of its own rows, late ones included', async () => {
  const batches = await batchesOf([1, 20], [0, 5], [1, 10], [1, 30], [1, 40])

  expect(batches).toEqual([
    { partition: 1, rows: 3, span: { first: 10, last: 30 } },
    { partition: 0, rows: 1, span: { first: 5, last: 5 } },
    { partition: 1, rows: 1, span: { first: 40, last: 40 } },
  ])
})

it('batches of rows without a time have no span', async () => {
  expect(await batchesOf([0, 0], [0, 0])).toEqual([{ partition: 0, rows: 2, span: null }])
})
