import fc from '../../../fixtures/fast-check'
import { json } from '../../../../src/sources/decoders/json'
import { jsonLines } from '../../../../src/sources/decoders/json-lines'
import { fileSource } from '../../../../src/sources/files/file-source'
import { hurriedClock, sourceContext } from '../../../fixtures/source-context'
import { memoryFileStore } from './memory-file-store'
import type { FileSource } from '../../../../src/sources/files/file-source'
import type { Page, ReadRequest } from '../../../../src/sources/source'
import type { MemoryFileStore } from './memory-file-store'

const signal = new AbortController().signal
const minute = 60_000
const now = Date.parse('2026-11-21T12:00:00Z')
const clock = { ...hurriedClock(), now: () => now }

/** JSON Lines in which each record comes with a chunk of its own. */
const lines = (...records: readonly number[]) =>
  records.map((record) => `${String(record).padEnd(250)}\n`).join('')

type Options = Omit<FileSource, 'store' | 'decoder' | 'newestOnly'> & Pick<Partial<FileSource>, 'decoder'>

async function read(
  store: MemoryFileStore,
  request: Partial<Extract<ReadRequest, { mode: 'incremental' }>> = {},
  options: Options = {},
): Promise<Page[]> {
  const source = fileSource({ store: store.definition, decoder: jsonLines(), ...options })
  expect(source.faults).toEqual([])
  const pages: Page[] = []
  const opened = source.open(sourceContext({ clock }))
  for await (const page of opened.read({ mode: 'incremental', since: null, signal, ...request }))
    pages.push(page)
  return pages
}

async function refresh(store: MemoryFileStore, options: Partial<FileSource> = {}): Promise<unknown[]> {
  const source = fileSource({ store: store.definition, decoder: jsonLines(), ...options })
  const records: unknown[] = []
  for await (const page of source.open(sourceContext({ clock })).read({ mode: 'full-refresh', signal })) {
    records.push(...page.records)
  }
  return records
}

const recordsOf = (pages: readonly Page[]) => pages.flatMap(({ records }) => records)
const cursorOf = (pages: readonly Page[]) => pages.at(-1)?.cursor ?? null

it('reads the files in the order of their names, and nothing again from its own cursor', async () => {
  const store = memoryFileStore({ 'b.jsonl': lines(3, 4), 'a.jsonl': lines(1, 2), 'c.jsonl': lines(5) })

  const first = await read(store)
  const again = await read(store, { since: cursorOf(first) })

  expect(recordsOf(first)).toEqual([1, 2, 3, 4, 5])
  expect(again).toEqual([])
  expect(store.closed).toBe(2)
})

it('resumes from each of its cursors with exactly the records after it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }),
      fc.nat(),
      async (sizes, place) => {
        let id = 0
        const entries = sizes.map(
          (size, index) =>
            [`${index}.jsonl`, lines(...Array.from({ length: size }, () => (id += 1)))] as const,
        )
        const store = memoryFileStore(Object.fromEntries(entries))
        const pages = await read(store)
        const at = place % pages.length

        const rest = await read(store, { since: pages[at]?.cursor ?? null })

        expect([...recordsOf(pages.slice(0, at + 1)), ...recordsOf(rest)]).toEqual(
          Array.from({ length: id }, (_, index) => index + 1),
        )
      },
    ),
    { numRuns: 60 },
  )
})

it('reads the new files after the cursor, also a file that arrives late between others', async () => {
  const store = memoryFileStore({ 'a.jsonl': lines(1), 'c.jsonl': lines(3) })
  const since = cursorOf(await read(store))
  store.files.set('d.jsonl', { content: lines(4), modified: 0 })
  store.files.set('b.jsonl', { content: lines(2), modified: 0 })

  expect(recordsOf(await read(store, { since }))).toEqual([2, 4])
})

it('stops where no file has ever matched, because a misspelt pattern would never be noticed', async () => {
  const store = memoryFileStore({ 'in/a.jsonl': lines(1) })
  const misspelt = { pick: { pattern: 'im/*.jsonl' } }

  await expect(read(store, {}, misspelt)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining('has the name im/*.jsonl, and the job has read none before') as string,
  })
  const since = cursorOf(await read(store))
  store.files.clear()
  expect(await read(store, { since })).toEqual([])
})

it('stops at a late file that sorts before all files that the cursor names, or reads it where that is declared', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `shop-b/${String(index).padStart(60, '0')}.jsonl`)
  const store = memoryFileStore(Object.fromEntries(names.map((name) => [name, ''])))
  const since = cursorOf(await read(store))
  expect(JSON.parse(since ?? '')).toMatchObject({ floor: expect.any(String) as string, until: 0 })
  store.files.set('shop-a/0.jsonl', { content: lines(7), modified: now - 10 * minute })

  await expect(read(store, { since })).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining('so its records would be left out') as string,
  })
  const again = await read(store, { since }, { whenReplaced: 'read-again' })
  expect(recordsOf(again)).toEqual([7])
  expect(await read(store, { since: cursorOf(again) })).toEqual([])
})

it('finishes a file that was read in part before a late one that sorts before it', async () => {
  const store = memoryFileStore({ 'b.jsonl': lines(1, 2, 3) })
  const [, second] = await read(store)
  store.files.set('a.jsonl', { content: lines(9), modified: 0 })

  const pages = await read(store, { since: second?.cursor ?? null })

  expect(recordsOf(pages)).toEqual([3, 9])
  expect(await read(store, { since: cursorOf(pages) })).toEqual([])
})

it('orders by the dates in the names, wherever they stand', async () => {
  const store = memoryFileStore({
    'x-31.01.2026.jsonl': lines(1),
    'y-02.02.2026.jsonl': lines(2),
    'a-03.02.2026.jsonl': lines(3),
    'notes.txt': 'x',
  })

  expect(recordsOf(await read(store, {}, { pick: { pattern: '*-{dd}.{MM}.{yyyy}.jsonl' } }))).toEqual([
    1, 2, 3,
  ])
})

it.each([
  ['*.csv', ['a.csv']],
  ['**.csv', ['a.csv', 'x/b.csv', 'x/y/c.csv']],
  ['**/*.csv', ['a.csv', 'x/b.csv', 'x/y/c.csv']],
  ['x/*.csv', ['x/b.csv']],
  ['x/**', ['x/b.csv', 'x/y/c.csv', 'x/y/d+(1).txt']],
  ['x/y/d+(1).txt', ['x/y/d+(1).txt']],
])('the pattern %s picks %j', async (pattern, names) => {
  const store = memoryFileStore(
    Object.fromEntries(['a.csv', 'x/b.csv', 'x/y/c.csv', 'x/y/d+(1).txt'].map((name) => [name, lines(1)])),
  )

  await read(store, {}, { pick: { pattern } })

  expect(store.read).toEqual(names)
})

it('orders by the time of the last write where that is asked for', async () => {
  const store = memoryFileStore()
  store.files.set('a.jsonl', { content: lines(2), modified: now - 10 * minute })
  store.files.set('b.jsonl', { content: lines(1), modified: now - 20 * minute })
  const options: Options = { pick: { pattern: '*', order: 'modified' } }

  const pages = await read(store, {}, options)

  expect(recordsOf(pages)).toEqual([1, 2])
  expect(await read(store, { since: cursorOf(pages) }, options)).toEqual([])
})

it('does not read a file that was written to just now, nor those after it', async () => {
  const store = memoryFileStore({ 'a.jsonl': lines(1), 'c.jsonl': lines(3) })
  store.files.set('b.jsonl', { content: lines(2), modified: now - minute })

  const pages = await read(store)
  store.files.set('b.jsonl', { content: lines(2), modified: now - 3 * minute })
  const later = await read(store, { since: cursorOf(pages) })

  expect(recordsOf(pages)).toEqual([1])
  expect(recordsOf(later)).toEqual([2, 3])
})

it.each([
  ['{name}.done', 'in/a.jsonl.done'],
  ['{folder}/_SUCCESS', 'in/_SUCCESS'],
])('with the marker %s, a file is complete once %s is there', async (marker, name) => {
  const store = memoryFileStore()
  store.files.set('in/a.jsonl', { content: lines(1), modified: now })
  const options: Options = { pick: { pattern: 'in/*.jsonl', marker } }

  expect(await read(store, {}, options)).toEqual([])
  store.files.set(name, { content: '', modified: now })
  expect(recordsOf(await read(store, {}, options))).toEqual([1])
})

it('a file that has waited for its marker for a day is an error', async () => {
  const store = memoryFileStore()
  store.files.set('a.jsonl', { content: lines(1), modified: now - 25 * 60 * minute })

  await expect(
    read(store, {}, { pick: { pattern: '*.jsonl', marker: '{name}.done' } }),
  ).rejects.toMatchObject({
    code: 'source-malformed',
    message: 'The file a.jsonl has waited for the marker a.jsonl.done for more than a day.',
  })
})

it('a file that was replaced after it was read is an error', async () => {
  const store = memoryFileStore({ 'a.jsonl': lines(1) })
  const since = cursorOf(await read(store))
  store.files.set('a.jsonl', { content: lines(1, 2), modified: 0 })

  await expect(read(store, { since })).rejects.toThrow('a.jsonl was replaced after it was read')
  expect(recordsOf(await read(store, { since }, { whenReplaced: 'read-again' }))).toEqual([1, 2])
})

it('a file that was replaced half-way is an error, or read from its beginning', async () => {
  const store = memoryFileStore({ 'a.jsonl': lines(1, 2, 3) })
  const [first] = await read(store)
  store.files.set('a.jsonl', { content: lines(7, 8), modified: 0 })

  await expect(read(store, { since: first?.cursor ?? null })).rejects.toThrow('a.jsonl was replaced')
  expect(
    recordsOf(await read(store, { since: first?.cursor ?? null }, { whenReplaced: 'read-again' })),
  ).toEqual([7, 8])
})

it('a file that vanishes half-way is an error, and a person can go on without it', async () => {
  const store = memoryFileStore({ 'a.jsonl': lines(1, 2), 'b.jsonl': lines(3) })
  const [first] = await read(store)
  store.files.delete('a.jsonl')

  await expect(read(store, { since: first?.cursor ?? null })).rejects.toThrow(
    'a.jsonl is gone from the store',
  )
  expect(recordsOf(await read(store, { since: 'a.jsonl' }))).toEqual([3])
})

it('a file that has fewer records than were read of it is an error', async () => {
  const store = memoryFileStore()
  store.files.set('a.jsonl', { content: lines(1, 2, 3), modified: 0, version: 'same' })
  const pages = await read(store)
  const since = pages.find(({ records }) => records.includes(2))?.cursor ?? null
  store.files.set('a.jsonl', { content: lines(1), modified: 0, version: 'same' })

  await expect(read(store, { since })).rejects.toThrow('a.jsonl changed while it was being read')
})

it('a file that has another length than listed is an error', async () => {
  const store = memoryFileStore()
  store.files.set('a.jsonl', { content: lines(1), modified: 0, bytes: 3 })

  await expect(read(store)).rejects.toThrow('a.jsonl changed while it was being read')
})

it('an empty file is read by its decoder, or skipped', async () => {
  const store = memoryFileStore({ 'a.json': '', 'b.json': '[1]' })

  await expect(read(store, {}, { decoder: json() })).rejects.toThrow('a.json is empty')
  expect(recordsOf(await read(store, {}, { decoder: json(), whenEmpty: 'skip' }))).toEqual([1])
})

it('a file without a version is read by refreshes only', async () => {
  const store = memoryFileStore()
  store.files.set('a.jsonl', { content: lines(1), modified: 0, version: null })

  await expect(read(store)).rejects.toThrow('has neither ETag nor time')
  expect(await refresh(store)).toEqual([1])
})

it('a cursor that is none of a file source is an error', async () => {
  await expect(read(memoryFileStore(), { since: '{"page":3}' })).rejects.toThrow('not one of a file source')
})

it('a cursor stays short, however many files were read, and forgets the oldest of them', async () => {
  const names = Array.from(
    { length: 600 },
    (_, index) => `exports/orders-${String(index).padStart(6, '0')}.jsonl`,
  )
  const store = memoryFileStore(Object.fromEntries(names.map((name) => [name, lines(1)])))

  const pages = await read(store)
  const since = cursorOf(pages)

  expect(since?.length).toBeLessThanOrEqual(16_000)
  expect(recordsOf(pages)).toHaveLength(600)
  expect(await read(store, { since })).toEqual([])
  store.files.set('exports/orders-000599b.jsonl', { content: lines(2), modified: 0 })
  expect(recordsOf(await read(store, { since }))).toEqual([2])
})

it('a refresh reads all files, or the newest one that is complete', async () => {
  const store = memoryFileStore({ '2026-11-19.jsonl': lines(1), '2026-11-20.jsonl': lines(2) })

  expect(await refresh(store)).toEqual([1, 2])
  expect(await refresh(store, { newestOnly: true })).toEqual([2])
  store.files.set('2026-11-21.jsonl', { content: lines(3), modified: now })
  expect(await refresh(store, { newestOnly: true })).toEqual([2])
  await expect(refresh(store)).rejects.toThrow('2026-11-21.jsonl waits for its last write to be over')
})

it('a refresh without a file is an error: it would look as if all records had gone', async () => {
  await expect(refresh(memoryFileStore({ 'a.txt': '1' }), { pick: { pattern: '*.csv' } })).rejects.toThrow(
    'No complete file in memory: has the name *.csv',
  )
})

it.each([
  [{ pick: { pattern: '' } }, 'pick: "pattern" must not be empty'],
  [{ pick: { pattern: '{dd}{dd}' } }, 'pick: "pattern" has {dd} twice'],
  [{ pick: { pattern: '*', marker: 'done' } }, 'pick: "marker" must contain {name} or {folder}'],
  [{ pick: { pattern: '*', quiet: { minutes: -1 } } }, 'pick: "quiet.minutes" must not be negative'],
  [{ decoder: 'csv' as never }, 'fileSource: "decoder" must be made by a function such as csv()'],
  [{ store: {} as never }, 'fileSource: "store" must be made by a function such as s3(…)'],
  [{ decoder: json({ records: 'a..b' }) }, 'json: "records" must be a field path, such as "meta.updatedAt"'],
])('options that cannot work are faults (%#)', (change, fault) => {
  const options = { store: memoryFileStore().definition, decoder: jsonLines() }
  expect(fileSource({ ...options, ...change }).faults).toEqual([fault])
})
