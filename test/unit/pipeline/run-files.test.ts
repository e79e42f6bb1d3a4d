import { openRunFiles } from '../../../src/pipeline/run-files'
import { errorOf } from '../../fixtures/error-of'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { BlobFate } from '../../fixtures/memory-blob-store'

const path = 'jobs/job/outbox/run-1/batch'
const bytes = Buffer.from('our bytes')

/** Files of `run-1`, whose writes meet `fates` one after the other. */
function world(...fates: BlobFate[]) {
  const clock = virtualClock({ leap: true })
  const store = createMemoryBlobStore({
    clock,
    fault: ({ kind }) => (kind === 'write' ? fates.shift() : null) ?? 'ok',
  })
  const { signal } = new AbortController()
  const files = openRunFiles({ job: 'job', run: 'run-1', store, clock, patienceMs: 90_000, signal })
  const put = (content: string) =>
    store.files.set(path, { body: Buffer.from(content), etag: '"0"', modifiedAt: 0 })
  return { files, store, put, stored: () => store.files.get(path)?.body.toString() }
}

it('a file is written into the folder of its run', async () => {
  const { files, stored } = world()
  await files.add('batch', bytes)

  expect(stored()).toBe('our bytes')
})

it.each<BlobFate>(['lost-before', 'lost-after', 'conflict'])(
  'a file is written once where the first write meets %s',
  async (fate) => {
    const { files, stored } = world(fate)
    await files.add('batch', bytes)

    expect(stored()).toBe('our bytes')
  },
)

it('a conflict with our own bytes is an earlier try of ours', async () => {
  const { files, put } = world()
  put('our bytes')

  await expect(files.add('batch', bytes)).resolves.toBeUndefined()
})

it.each<BlobFate>(['ok', 'lost-before', 'lost-after'])(
  'a conflict with other bytes is an error, not a success (%s)',
  async (fate) => {
    const { files, put, stored } = world(fate)
    put('foreign bytes')

    expect(await errorOf(files.add('batch', bytes))).toMatchObject({
      code: 'store-refused',
      message: expect.stringContaining(path) as string,
    })
    expect(stored()).toBe('foreign bytes')
  },
)

it('files of other runs are read, listed and deleted by their names', async () => {
  const { files, store } = world()
  for (const name of ['a', 'b']) {
    store.files.set(`jobs/job/outbox/run-0/${name}`, { body: Buffer.from(name), etag: '"0"', modifiedAt: 0 })
  }
  store.files.set('jobs/job/outbox/run-01/c', { body: Buffer.from('c'), etag: '"0"', modifiedAt: 0 })

  expect((await files.read('run-0', 'a'))?.toString()).toBe('a')
  expect(await files.read('run-0', 'c')).toBeNull()
  await files.delete('run-0', 'a')
  const names: string[] = []
  for await (const name of files.list('run-0')) names.push(name)
  expect(names).toEqual(['b'])
})
