import { JobError } from '../../../src/errors'
import { openVersionedFile } from '../../../src/state/versioned-file'
import { errorOf } from '../../fixtures/error-of'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { BlobFate, BlobOperation } from '../../fixtures/memory-blob-store'

const path = 'a/file'
const patienceMs = 90_000

/** A file whose operations meet `fates` one after the other, then `rest`. */
function world(fates: readonly BlobFate[] = [], rest: BlobFate = 'ok') {
  const clock = virtualClock({ leap: true })
  const operations: BlobOperation['kind'][] = []
  const queue = [...fates]
  const observed: number[] = []
  const store = createMemoryBlobStore({
    clock,
    fault: ({ kind }) => {
      operations.push(kind)
      return queue.shift() ?? rest
    },
  })
  const file = openVersionedFile<string>({
    path,
    store,
    clock,
    patienceMs,
    encode: (content) => Buffer.from(content),
    decode: (body) => {
      if (body.toString() === 'broken') throw new JobError('state-corrupt', 'broken', 'mend it')
      return body.toString()
    },
    observe: (storeNow) => observed.push(storeNow),
  })
  /** What another writer does, past the faults. */
  function put(content: string): string {
    const etag = `"other ${content}"`
    store.files.set(path, { body: Buffer.from(content), etag, modifiedAt: 0 })
    return etag
  }
  return {
    clock,
    file,
    store,
    put,
    operations,
    observed,
    stored: () => store.files.get(path)?.body.toString(),
  }
}

it('a versioned file is read with its ETag and the time of the store; null where there is no file', async () => {
  const { file, put, clock, observed } = world()

  expect(await file.read()).toBeNull()
  const etag = put('one')
  expect(await file.read()).toEqual({ content: 'one', etag, modifiedAt: 0, storeNow: clock.now() })
  expect(observed).toEqual([clock.now(), clock.now()])
})

it('a write creates a file only where there is none, and replaces only the given version', async () => {
  const { file, put, stored } = world()

  const created = await file.write('one', null)
  expect(created.kind).toBe('applied')
  expect(await file.write('two', null)).toMatchObject({ kind: 'superseded', found: { content: 'one' } })
  const replaced = await file.write('two', created.kind === 'applied' ? created.etag : '')
  expect(replaced.kind).toBe('applied')
  put('three')
  expect(await file.write('four', replaced.kind === 'applied' ? replaced.etag : '')).toMatchObject({
    kind: 'superseded',
    found: { content: 'three' },
  })
  expect(stored()).toBe('three')
})

it('a write returns the ETag for the next write', async () => {
  const { file, stored } = world(['ok', 'lost-after'])
  const first = await file.write('one', null)
  const second = await file.write('two', first.kind === 'applied' ? first.etag : '')
  const third = await file.write('three', second.kind === 'applied' ? second.etag : '')

  expect([second.kind, third.kind, stored()]).toEqual(['applied', 'applied', 'three'])
})

it('a write whose answer was lost counts as applied where the stored bytes are its own', async () => {
  const { file, operations, stored } = world(['lost-after'])

  expect((await file.write('one', null)).kind).toBe('applied')
  expect(operations).toEqual(['write', 'read'])
  expect(stored()).toBe('one')
})

it.each(['lost-before', 'conflict'] as const)(
  'writes again where the version is as before (%s)',
  async (fate) => {
    const { file, operations, stored } = world([fate, 'ok'])

    expect((await file.write('one', null)).kind).toBe('applied')
    expect(operations).toEqual(['write', 'read', 'write'])
    expect(stored()).toBe('one')
  },
)

it('the read after a lost answer is repeated where it is lost too', async () => {
  const { file, operations } = world(['lost-after', 'lost-before', 'lost-after', 'ok'])

  expect((await file.write('one', null)).kind).toBe('applied')
  expect(operations).toEqual(['write', 'read', 'read', 'read'])
})

it('a write whose answer was lost is superseded where the stored bytes are not its own', async () => {
  const { file, put, store, stored } = world(['lost-before'])
  const etag = put('before')
  const write = file.write('mine', etag)
  store.files.set(path, { body: Buffer.from('theirs'), etag: '"theirs"', modifiedAt: 0 })

  expect(await write).toMatchObject({ kind: 'superseded', found: { content: 'theirs', etag: '"theirs"' } })
  expect(stored()).toBe('theirs')
})

it('a write over a deleted file is superseded by null', async () => {
  const { file, put, store } = world()
  const etag = put('before')
  store.files.delete(path)

  expect(await file.write('mine', etag)).toEqual({ kind: 'superseded', found: null })
})

it('a write with an unknown outcome fails with store-unreachable after `patienceMs`, and not before', async () => {
  const { file, clock } = world([], 'lost-before')
  const from = clock.monotonic()
  const error = await errorOf(file.write('one', null))

  expect(error).toMatchObject({ code: 'store-unreachable' })
  expect(clock.monotonic() - from).toBeGreaterThanOrEqual(patienceMs)
})

it('the error of a write names the file and the reason', async () => {
  let writes = 0
  const clock = virtualClock({ leap: true })
  const store = createMemoryBlobStore({
    clock,
    fault: ({ kind }) => (kind === 'write' && (writes += 1) ? 'lost-before' : 'ok'),
  })
  const bytes = (content: Uint8Array) => content
  const file = openVersionedFile<Uint8Array>({ path, store, clock, patienceMs, encode: bytes, decode: bytes })
  const error = await errorOf(file.write(Buffer.from('one'), null))

  expect(error.message).toBe('The file a/file could not be written: lost before it arrived.')
  expect(writes).toBeGreaterThan(5)
})

it('a refusal, and content that cannot be decoded, are thrown without a retry', async () => {
  const refused = world(['refused'])
  const corrupt = world(['lost-before'])
  corrupt.put('broken')

  expect(await errorOf(refused.file.write('one', null))).toMatchObject({ code: 'store-refused' })
  expect(await errorOf(corrupt.file.write('one', '"not there"'))).toMatchObject({ code: 'state-corrupt' })
  expect(refused.operations).toEqual(['write'])
})

it('a write ends at once when it is aborted', async () => {
  const { file, operations } = world()
  const stop = new AbortController()
  stop.abort(new RangeError('stopped'))

  await expect(file.write('one', null, stop.signal)).rejects.toThrow('stopped')
  expect(operations).toEqual([])
})
