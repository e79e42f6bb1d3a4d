import { tmpdir } from 'node:os'
import { createStagedBatches } from '../../../../src/pipeline/extraction/staged-batches'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { errorOf } from '../../../fixtures/error-of'
import { destinationWith, runContext } from '../../../fixtures/run-dependencies'
import { linesOf, textFormat } from '../../../fixtures/text-format'
import type { EngineSettings as Settings } from '../../../../src/pipeline/settings'

const format = textFormat(() => ({ kind: 'row', line: '', partition: 0, order: 0 }))

/** Batches of two rows, in files of `run-1`; the document counts three commits. */
function world({ sorts = false, settings = {} }: { sorts?: boolean; settings?: Partial<Settings> } = {}) {
  const { limits } = destinationWith()
  const destination = destinationWith({ format, limits: { ...limits, batchRows: 2, underWay: 2 } })
  const context = runContext({}, { destination, scratch: tmpdir(), settings: EngineSettings.parse(settings) })
  const batches = createStagedBatches(context, { name: 'commit-4', generation: 7, sorts })
  const append = (line: string, order: number, partition = 0) =>
    batches.append({ kind: 'row', line: `${line}\n`, partition, order })
  const contents = () =>
    [...context.files.stored].map(([path, bytes]) => [path, linesOf(bytes).join(' ')] as const)
  return { batches, append, contents }
}

it('batches are numbered inside their partition, and named after commit, partition and number', async () => {
  const { batches, append, contents } = world()
  append('a', 1)
  append('x', 1, 1)
  append('b', 2)
  append('c', 3)
  const entries = await batches.finish()
  await batches.dispose()

  expect(contents().sort()).toEqual([
    ['run-1/commit-4-0-0.txt', 'a b'],
    ['run-1/commit-4-0-1.txt', 'c'],
    ['run-1/commit-4-1-0.txt', 'x'],
  ])
  expect(entries.map(({ batch, file, partition, rows }) => [batch, file, partition, rows]).sort()).toEqual([
    ['commit-4/0-0', 'commit-4-0-0.txt', 'p0', 2],
    ['commit-4/0-1', 'commit-4-0-1.txt', 'p0', 1],
    ['commit-4/1-0', 'commit-4-1-0.txt', 'p1', 1],
  ])
})

it('each entry is staged by this run, for the next commit, under an id of its label and generation', async () => {
  const { batches, append } = world()
  append('a', 1)
  const [entry] = await batches.finish()

  expect(entry).toMatchObject({
    state: 'staged',
    id: 'key commit-4/0-0 7',
    run: 'run-1',
    commit: 4,
    generation: 7,
    retries: 0,
    firstSentAt: null,
  })
  expect(batches.rows).toBe(1)
})

it('a commit is full once a batch is written, and where the next page would not fit', async () => {
  const { batches, append } = world()
  append('a', 1)
  expect(batches.isFull(1)).toBe(false)
  expect(batches.isFull(2)).toBe(true)
  append('b', 2)
  append('c', 3)
  await batches.settle()

  expect(batches.isFull(0)).toBe(true)
})

it('a commit whose rows are sorted is full with the batches that travel together', async () => {
  const { batches, append } = world({ sorts: true })
  for (const order of [3, 1, 2]) append(`r${order}`, order)
  expect(batches.isFull(1)).toBe(false)
  expect(batches.isFull(2)).toBe(true)

  await batches.dispose()
})

it('rows in any order are staged in the order of their time', async () => {
  const { batches, append, contents } = world({ sorts: true })
  for (const order of [3, 1, 4, 2]) append(`r${order}`, order)
  await batches.finish()
  await batches.dispose()

  expect(contents()).toEqual([
    ['run-1/commit-4-0-0.txt', 'r1 r2'],
    ['run-1/commit-4-0-1.txt', 'r3 r4'],
  ])
})

it('a commit of exactly as many batches as it may carry is staged; one more is slice-too-large', async () => {
  const settings = { commitBatches: 2 }
  const fits = world({ settings })
  for (const order of [1, 2, 3, 4]) fits.append(`r${order}`, order)
  expect(await fits.batches.finish()).toHaveLength(2)

  const tooLarge = world({ settings })
  for (const order of [1, 2, 3, 4, 5]) tooLarge.append(`r${order}`, order)
  expect(await errorOf(tooLarge.batches.finish())).toMatchObject({
    code: 'slice-too-large',
    details: { commit: 'commit-4', limit: 2 },
  })
})

it('a person is shown the first five rows', async () => {
  const { batches, append } = world()
  for (const order of [1, 2, 3, 4, 5, 6]) append(`r${order}`, order)
  await batches.finish()

  expect(batches.sample).toEqual(['r1\n', 'r2\n', 'r3\n', 'r4\n', 'r5\n'])
})
