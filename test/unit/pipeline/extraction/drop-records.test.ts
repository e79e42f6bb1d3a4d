import { dropRecords } from '../../../../src/pipeline/extraction/drop-records'
import { identify } from '../../../../src/pipeline/extraction/identity'
import { openMemory } from '../../../../src/pipeline/extraction/memory'
import { noMemory } from '../../../../src/state/run-file'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { Decision } from '../../../../src/pipeline/extraction/decision'
import type { MemoryOptions } from '../../../../src/pipeline/extraction/memory'
import type { Memory as StoredMemory } from '../../../../src/state/run-file'

interface Row {
  readonly id: string
  readonly at: number
  readonly value?: number
}

const files = memoryRunFiles()
const options = (reach: MemoryOptions['reach'], keyed: boolean) => ({
  ...{ reach, keyed, files, run: 'run', lookback: 10 },
})
const identityOf = (row: Row, keyed: boolean) => identify(keyed ? ['id'] : null, row, row)
let names = 0

/** The memory after a commit of these records. */
async function committed(
  before: StoredMemory,
  rows: readonly (readonly [Row, Decision])[],
  reach: MemoryOptions['reach'] = 'all',
  keyed = true,
  cursor: string | null = null,
) {
  const memory = await openMemory(before, { ...options(reach, keyed), cursor, placeOf: Number })
  memory.beginRead()
  for (const [row, decision] of rows) {
    memory.remember(identityOf(row, keyed), decision, { at: `${row.at}`, isNewest: true, recalled: false })
  }
  const to = `${rows.at(-1)?.[0].at ?? ''}`
  return memory.toCommit({ file: `memory-${(names += 1)}`, to, isForgotten: null })
}

async function decisionsIn(
  stored: StoredMemory,
  rows: readonly Row[],
  reach: MemoryOptions['reach'] = 'all',
  keyed = true,
) {
  const cursor = `${rows.at(-1)?.at ?? ''}`
  const memory = await openMemory(stored, { ...options(reach, keyed), cursor, placeOf: Number })
  memory.beginRead()
  return rows.map((row) => memory.recall(identityOf(row, keyed), `${row.at}`)?.decision ?? null)
}

const drop = (
  before: StoredMemory,
  after: StoredMemory,
  reach: MemoryOptions['reach'] = 'all',
  keyed = true,
) => dropRecords(before, after, { ...options(reach, keyed), file: `dropped-${(names += 1)}` })

const a = { id: 'a', at: 1 }
const b = { id: 'b', at: 2 }
const c = { id: 'c', at: 2 }

it('records that the commit alone would have sent are dropped; other decisions stay', async () => {
  const before = await committed(noMemory, [[a, 'sent']])
  const after = await committed(before, [
    [b, 'sent'],
    [c, 'rejected'],
  ])

  const dropped = await drop(before, after)

  expect(await decisionsIn(dropped, [a, b, c])).toEqual(['sent', 'dropped', 'rejected'])
})

it('a record that an earlier commit sent with other content stays sent, unless that version lies before the lookback', async () => {
  const before = await committed(noMemory, [
    [a, 'sent'],
    [b, 'sent'],
  ])
  const near = { ...a, at: 11, value: 1 }
  const far = { ...b, at: 13, value: 1 }
  const after = await committed(before, [
    [near, 'sent'],
    [far, 'sent'],
  ])

  expect(await decisionsIn(await drop(before, after), [near, far])).toEqual(['sent', 'dropped'])
})

it('the index is dropped in segments as large as those that were written, and the segments before are kept', async () => {
  const many = (from: number): (readonly [Row, Decision])[] =>
    Array.from({ length: 300 }, (_, index) => [{ id: `${from + index}`, at: 1 }, 'sent'])
  const before = await committed(noMemory, many(0))
  const after = await committed(before, many(300))

  const dropped = await drop(before, after)

  expect(after.segments).toHaveLength(2)
  expect(dropped.segments).toHaveLength(2)
  expect(dropped.segments[0]).toEqual(before.segments[0])
  expect(dropped.segments[1]?.to).toBe(after.segments[1]?.to)
  const known = await decisionsIn(
    dropped,
    [...many(0), ...many(300)].map(([row]) => row),
  )
  expect(new Set(known.slice(0, 300))).toEqual(new Set(['sent']))
  expect(new Set(known.slice(300))).toEqual(new Set(['dropped']))
})

it('without a primary key, as many of equal events stay sent as were sent before', async () => {
  const before = await committed(noMemory, [[c, 'sent']], 'ties', false)
  const memory = await openMemory(before, { ...options('ties', false), cursor: '2', placeOf: Number })
  memory.beginRead()
  memory.recall(identityOf(c, false), '2')
  for (const row of [c, b]) {
    memory.remember(identityOf(row, false), 'sent', { at: '2', isNewest: true, recalled: false })
  }
  const after = await memory.toCommit({ file: 'memory-ties', to: '2', isForgotten: null })

  const dropped = await drop(before, after, 'ties', false)

  const known = await decisionsIn(dropped, [c, c, b], 'ties', false)
  expect(known.sort()).toEqual(['dropped', 'dropped', 'sent'])
})

it('ties with a primary key know a version at another place as another record', async () => {
  const before = await committed(noMemory, [[a, 'sent']], 'ties')
  const later = { ...a, at: 2, value: 1 }
  const after = await committed(before, [[later, 'sent']], 'ties', true, '1')

  expect(await decisionsIn(await drop(before, after, 'ties'), [later], 'ties')).toEqual(['dropped'])
})
