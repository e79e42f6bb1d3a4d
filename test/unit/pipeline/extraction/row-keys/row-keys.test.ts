import { tmpdir } from 'node:os'
import { identify } from '../../../../../src/pipeline/extraction/identity'
import { openMemory } from '../../../../../src/pipeline/extraction/memory'
import { commonRowKeys } from '../../../../../src/pipeline/extraction/row-keys/common-row-keys'
import { createCommitRowKeys } from '../../../../../src/pipeline/extraction/row-keys/commit-row-keys'
import {
  createRowKeyWriter,
  readRowKeys,
} from '../../../../../src/pipeline/extraction/row-keys/row-key-files'
import { noMemory } from '../../../../../src/state/run-file'
import fc from '../../../../fixtures/fast-check'
import { errorOf } from '../../../../fixtures/error-of'
import { memoryRunFiles } from '../../../../fixtures/memory-run-files'
import type { Memory } from '../../../../../src/pipeline/extraction/memory'
import type { ReadRecord } from '../../../../../src/pipeline/extraction/read-record'
import type { RowKey } from '../../../../../src/pipeline/extraction/row-keys/row-key-files'
import type { EncodedRow } from '../../../../../src/destinations/destination'
import type { Memory as StoredMemory, RowKeys } from '../../../../../src/state/run-file'

const byKey = (a: RowKey, b: RowKey) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

async function stored(rowKeys: readonly RowKey[], name: string, files = memoryRunFiles()) {
  const writer = createRowKeyWriter(name, 'run', files)
  for (const rowKey of rowKeys) writer.push(rowKey)
  const keys = new Set(rowKeys.map(({ key }) => key)).size
  return { files, list: { parts: await writer.finish(), keys } }
}

async function read(list: RowKeys, files: ReturnType<typeof memoryRunFiles>) {
  const found: RowKey[] = []
  for await (const block of readRowKeys(list, files)) found.push(...block)
  return found
}

describe('the files of row keys', () => {
  it('give back keys of any length and script, over more than one file', async () => {
    const odd = ['a', 'é'.repeat(200), '漢', '🎉', 'z'.repeat(1_200_000), 'zz']
    const many = Array.from({ length: 20_000 }, (_, index) => `key ${String(index).padStart(6, '0')}`)
    const given = [...odd, ...many]
      .sort()
      .map((key, at) => ({ key, high: at * 70_001, low: 2 ** 32 - 1 - at }))
    const { files, list } = await stored(given, 'keys')

    expect(list.parts.length).toBeGreaterThan(1)
    expect(await read(list, files)).toEqual(given)
  })

  it('that are gone are an error that names the way on', async () => {
    const { list } = await stored([{ key: 'a', high: 1, low: 1 }], 'keys')

    const error = await errorOf(read(list, memoryRunFiles()))

    expect(error).toMatchObject({ code: 'state-missing' })
    expect(error.remedy).toContain('resolve=definition as=continue')
  })
})

/** Rows by record; null leaves the record out. */
type Source = Readonly<Record<string, readonly string[] | null>>

interface World {
  keys: RowKeys | null
  memory: StoredMemory
  files: ReturnType<typeof memoryRunFiles>
  /** Keys at the destination. */
  readonly target: Set<string>
}

const recordOf = (id: string, rows: Source[string]): ReadRecord => ({
  ...{ raw: null, parsed: null, fault: null, cursor: null, place: () => null },
  identity: identify(['id'], { id, rows }, { id, rows }),
})
const rowOf = (rowKey: string): EncodedRow => ({ kind: 'row', line: '', partition: 0, order: 0, rowKey })
const newest = { at: null, isNewest: false, recalled: false }

async function memoryOf(world: World): Promise<Memory> {
  return openMemory(world.memory, {
    ...{ reach: 'all', keyed: true, files: world.files, run: 'run', cursor: null, placeOf: () => 0 },
    ...{ lookback: Infinity, watchesAbsence: true },
  })
}

/** A whole read of the source, and its commit. */
async function commit(world: World, source: Source, name: string): Promise<readonly string[]> {
  const memory = await memoryOf(world)
  if (!memory.presence) throw new RangeError('no presence')
  memory.beginRead()
  const rowKeys = createCommitRowKeys({
    ...{ name: `${name}-keys`, run: 'run', files: world.files, scratch: tmpdir(), before: world.keys },
    ...{ presence: memory.presence, isWhole: true },
  })
  for (const [id, rows] of Object.entries(source)) {
    const record = recordOf(id, rows)
    if (memory.recall(record.identity, null)?.same) continue
    memory.remember(record.identity, rows ? 'sent' : 'filtered', newest)
    rowKeys.rewrite(record, (rows ?? []).map(rowOf))
    for (const key of rows ?? []) world.target.add(key)
  }
  const gone: string[] = []
  for await (const keys of rowKeys.gone()) gone.push(...keys)
  for (const key of gone) world.target.delete(key)
  if (rowKeys.found.stored) memory.presence.forgetAbsent()
  world.memory = await memory.toCommit({ file: `${name}-memory`, to: '', isForgotten: null })
  world.keys = rowKeys.found.stored
  return gone
}

const sources = fc.array(
  fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.option(fc.uniqueArray(fc.constantFrom('k', 'l', 'm', 'é'), { maxLength: 3 })),
    { minKeys: 1 },
  ),
  { minLength: 2, maxLength: 6 },
)

it('after each whole read the destination has exactly the keys that the source has', async () => {
  await fc.assert(
    fc.asyncProperty(sources, async (reads) => {
      const world: World = { keys: null, memory: noMemory, files: memoryRunFiles(), target: new Set() }
      for (const [index, source] of reads.entries()) {
        await commit(world, source, `commit-${index}`)
        const expected = new Set(Object.values(source).flatMap((rows) => rows ?? []))
        expect(world.target).toEqual(expected)
        expect(world.keys?.keys ?? 0).toBe(expected.size)
      }
    }),
    { numRuns: 100 },
  )
})

it('the keys after a dropped commit are those that stood before it and stay', async () => {
  const at = (key: string, low = 1): RowKey => ({ key, high: 7, low })
  const files = memoryRunFiles()
  const before = await stored([at('a'), at('b'), at('b', 2), at('c')].sort(byKey), 'before', files)
  const after = await stored([at('b', 2), at('c'), at('d')], 'after', files)

  const common = await commonRowKeys(before.list, after.list, { files, name: 'common', run: 'run' })

  expect(common?.keys).toBe(2)
  expect(await read(common ?? { parts: [], keys: 0 }, files)).toEqual([at('b', 2), at('c')])
})
