import * as z from 'zod'
import { identify } from '../../../../src/pipeline/extraction/identity'
import { openMemory } from '../../../../src/pipeline/extraction/memory'
import { noMemory } from '../../../../src/state/run-file'
import { errorOf } from '../../../fixtures/error-of'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { Memory, MemoryOptions } from '../../../../src/pipeline/extraction/memory'
import type { Memory as StoredMemory } from '../../../../src/state/run-file'

interface Row {
  readonly id: string
  readonly at: string
  readonly value?: string
}

const keyless = (row: Row) => identify(null, row, row)
const keyed = (row: Row) => identify(['id'], row, row)
const files = memoryRunFiles()

function open(stored: StoredMemory, options: Partial<MemoryOptions>): Promise<Memory> {
  return openMemory(stored, {
    reach: 'ties',
    keyed: false,
    files,
    run: 'run',
    cursor: null,
    placeOf: Number,
    lookback: Infinity,
    ...options,
  })
}

function newest(at: string) {
  return { at, isNewest: true, recalled: false }
}

const reached = (to: string) => ({ file: `memory-${to}`, to, isForgotten: null })

describe('ties without a primary key', () => {
  async function afterReading(
    rows: readonly Row[],
    from: StoredMemory = noMemory,
    cursor: string | null = null,
  ) {
    const memory = await open(from, { cursor })
    memory.beginRead()
    for (const row of rows) memory.remember(keyless(row), 'sent', newest(row.at))
    return memory.toCommit(reached(rows.at(-1)?.at ?? cursor ?? ''))
  }

  it('remember the records at the cursor, and no older ones', async () => {
    const stored = await afterReading([
      { id: 'a', at: '1' },
      { id: 'b', at: '2' },
    ])
    const memory = await open(stored, { cursor: '2' })
    memory.beginRead()

    expect(memory.recall(keyless({ id: 'b', at: '2' }), '2')).toMatchObject({ decision: 'sent', same: true })
    expect(memory.recall(keyless({ id: 'a', at: '1' }), '1')).toBeNull()
  })

  it('answer once per equal record and read, because two equal events are two events', async () => {
    const event = { id: 'a', at: '1' }
    const stored = await afterReading([event, event])
    const memory = await open(stored, { cursor: '1' })

    for (let read = 0; read < 2; read += 1) {
      memory.beginRead()
      const recalled = [1, 2, 3].map(() => memory.recall(keyless(event), '1') !== null)
      expect(recalled).toEqual([true, true, false])
    }
  })

  it('grow while the cursor stays, and replace the entry of a record that is decided again', async () => {
    const stored = await afterReading([{ id: 'a', at: '1' }])
    const memory = await open(stored, { cursor: '1' })
    memory.beginRead()
    memory.recall(keyless({ id: 'a', at: '1' }), '1')
    memory.remember(keyless({ id: 'a', at: '1' }), 'filtered', { ...newest('1'), recalled: true })
    memory.remember(keyless({ id: 'b', at: '1' }), 'sent', newest('1'))

    const next = await open(await memory.toCommit(reached('1')), { cursor: '1' })
    next.beginRead()
    expect(next.recall(keyless({ id: 'a', at: '1' }), '1')?.decision).toBe('filtered')
    expect(next.recall(keyless({ id: 'a', at: '1' }), '1')).toBeNull()
    expect(next.recall(keyless({ id: 'b', at: '1' }), '1')?.decision).toBe('sent')
  })

  it('recognise a record by its parsed content when the source adds a field', async () => {
    const memory = await open(noMemory, {})
    memory.remember(identify(null, { id: 'a', extra: 1 }, { id: 'a' }), 'sent', newest('1'))
    const next = await open(await memory.toCommit(reached('1')), { cursor: '1' })
    next.beginRead()

    expect(next.recall(identify(null, { id: 'a', extra: 2 }, { id: 'a' }), '1')).not.toBeNull()
    expect(next.recall(identify(null, { id: 'b' }, { id: 'b' }), '1')).toBeNull()
  })

  it('recognise a record by its declared fields when the source varies others and a stricter schema refuses it', async () => {
    const schema = z.object({ id: z.string() })
    const memory = await open(noMemory, {})
    memory.remember(identify(null, { id: 'a', extra: 1 }, { id: 'A' }, schema), 'sent', newest('1'))
    const next = await open(await memory.toCommit(reached('1')), { cursor: '1' })
    next.beginRead()

    const [same, other] = [
      { id: 'a', extra: 2 },
      { id: 'b', extra: 1 },
    ]
    expect(next.recall(identify(null, other, undefined, schema), '1')).toBeNull()
    expect(next.recall(identify(null, same, undefined, schema), '1')).toMatchObject({ decision: 'sent' })
  })

  it('take a file where they are many', async () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => ({ id: `r${index}`, at: '7' }))
    const stored = await afterReading(rows)

    expect(stored).toEqual({ inline: '', segments: [{ run: 'run', file: 'memory-7', to: '7' }] })
    const memory = await open(stored, { cursor: '7' })
    memory.beginRead()
    expect(rows.every((row) => memory.recall(keyless(row), '7'))).toBe(true)
  })

  it('amended by a replay keep one entry per record', async () => {
    const row = { id: 'a', at: '1' }
    const first = await open(noMemory, {})
    first.remember(keyless(row), 'rejected', newest('1'))
    const replay = await open(await first.toCommit(reached('1')), { cursor: '1' })
    const known = { at: '1', isNewest: false, recalled: true }
    replay.amend(keyless(row), 'sent', known)
    replay.amend(keyless({ id: 'elsewhere', at: '0' }), 'sent', { ...known, at: '0', recalled: false })
    const memory = await open(await replay.toCommit(reached('1')), { cursor: '1' })
    memory.beginRead()

    expect(memory.recall(keyless(row), '1')?.decision).toBe('sent')
    expect(memory.recall(keyless(row), '1')).toBeNull()
    expect(memory.recall(keyless({ id: 'elsewhere', at: '0' }), '1')).toBeNull()
  })
})

describe('ties with a primary key', () => {
  it('recognise a record of an overlapping page, and treat a version at a later cursor as a new record', async () => {
    const memory = await open(noMemory, { keyed: true })
    memory.beginRead()
    memory.remember(keyed({ id: 'a', at: '1', value: 'x' }), 'sent', newest('1'))
    memory.remember(keyed({ id: 'b', at: '2' }), 'sent', newest('2'))

    expect(memory.recall(keyed({ id: 'a', at: '1', value: 'x' }), '1')).toMatchObject({
      decision: 'sent',
      same: true,
    })
    expect(memory.recall(keyed({ id: 'a', at: '3', value: 'y' }), '3')).toBeNull()
    expect(memory.recall(keyed({ id: 'a', at: '2', value: 'y' }), '2')).toBeNull()
    expect(memory.recall(keyed({ id: 'b', at: '2', value: 'z' }), '2')).toMatchObject({
      decision: 'sent',
      same: false,
    })
  })

  it('decide the same after a restart between the versions', async () => {
    const memory = await open(noMemory, { keyed: true })
    memory.remember(keyed({ id: 'a', at: '1', value: 'x' }), 'sent', newest('1'))
    const next = await open(await memory.toCommit(reached('1')), { keyed: true, cursor: '1' })
    next.beginRead()

    expect(next.recall(keyed({ id: 'a', at: '1', value: 'z' }), '1')).toMatchObject({
      decision: 'sent',
      same: false,
    })
    expect(next.recall(keyed({ id: 'a', at: '3', value: 'y' }), '3')).toBeNull()
  })
})

it.each([true, false])(
  'ties (with a primary key: %s) take no more room when each run reads them again',
  async (keyed) => {
    const record = identify(keyed ? ['id'] : null, { id: 'a' }, { id: 'a' })
    const first = await open(noMemory, { keyed })
    first.remember(record, 'sent', newest('1'))
    const stored = await first.toCommit(reached('1'))

    const next = await open(stored, { keyed, cursor: '1' })
    next.beginRead()
    next.remember(record, 'sent', { ...newest('1'), recalled: next.recall(record, '1') !== null })

    expect(await next.toCommit(reached('1'))).toEqual(stored)
  },
)

it.each([true, false])(
  'ties (with a primary key: %s) end with the cursor, also where cursors have no distance',
  async (keyed) => {
    const memory = await open(noMemory, { keyed, placeOf: () => 0 })
    memory.remember(identify(keyed ? ['id'] : null, { id: 'a' }, { id: 'a' }), 'sent', newest('a'))

    expect(await memory.toCommit(reached('b'))).toEqual(noMemory)
  },
)

describe('a window', () => {
  const window: Partial<MemoryOptions> = { reach: 'window', keyed: true, lookback: 10 }

  it('knows other versions within the lookback and none beyond, wherever the commits were cut', async () => {
    for (const restarts of [false, true]) {
      let memory = await open(noMemory, window)
      memory.remember(keyed({ id: 'a', at: '5', value: 'x' }), 'sent', newest('5'))
      if (restarts) memory = await open(await memory.toCommit(reached('5')), window)

      expect(memory.recall(keyed({ id: 'a', at: '15', value: 'y' }), '15')?.same).toBe(false)
      expect(memory.recall(keyed({ id: 'a', at: '16', value: 'y' }), '16')).toBeNull()
      expect(memory.recall(keyed({ id: 'a', at: '5', value: 'x' }), '5')?.same).toBe(true)
    }
  })

  it('forgets segments that end before everything that can be read again', async () => {
    let stored: StoredMemory = noMemory
    for (const at of ['10', '20', '30']) {
      const memory = await open(stored, window)
      for (let index = 0; index < 300; index += 1) {
        memory.remember(keyed({ id: `${at}-${index}`, at }), 'sent', newest(at))
      }
      stored = await memory.toCommit({ ...reached(at), isForgotten: (to) => Number(to) < Number(at) - 10 })
    }

    expect(stored.segments.map(({ to }) => to)).toEqual(['20', '30'])
  })

  it('merges its segments when they become many, and loses none of their entries', async () => {
    let stored: StoredMemory = noMemory
    for (let commit = 0; commit < 40; commit += 1) {
      const memory = await open(stored, { reach: 'all', keyed: true })
      for (let index = 0; index < 300; index += 1) {
        memory.remember(keyed({ id: `${commit}-${index}`, at: '1' }), 'sent', newest('1'))
      }
      stored = await memory.toCommit({ ...reached(String(commit)), isForgotten: null })
    }

    expect(stored.segments.length).toBeLessThan(33)
    const memory = await open(stored, { reach: 'all', keyed: true })
    for (let commit = 0; commit < 40; commit += 1) {
      expect(memory.recall(keyed({ id: `${commit}-299`, at: '1' }), '1')?.same).toBe(true)
    }
  })

  it('whose file is gone stops the job and names the exit', async () => {
    const stored = { inline: '', segments: [{ run: 'gone', file: 'x.bin', to: '1' }] }

    const error = await errorOf(open(stored, window))

    expect(error).toMatchObject({ code: 'state-missing' })
    expect(error.remedy).toContain('resolve=definition')
  })
})

it('a slice without a lookback remembers its own records and nothing of the slice before', async () => {
  const memory = await open(noMemory, { reach: 'none', keyed: true })
  memory.beginRead()
  memory.remember(keyed({ id: 'a', at: '1' }), 'sent', newest('1'))
  expect(memory.recall(keyed({ id: 'a', at: '1' }), '1')).not.toBeNull()
  expect(await memory.toCommit(reached('1'))).toEqual(noMemory)
  memory.beginRead()
  expect(memory.recall(keyed({ id: 'a', at: '1' }), '1')).toBeNull()
})

it('a read by page cursors treats another version of a record as another record, wherever runs are cut', async () => {
  const memory = await open(noMemory, { reach: 'none', keyed: true, lookback: null })
  memory.beginRead()
  memory.remember(keyed({ id: 'a', at: '', value: 'x' }), 'sent', newest(''))

  expect(memory.recall(keyed({ id: 'a', at: '', value: 'x' }), null)?.same).toBe(true)
  expect(memory.recall(keyed({ id: 'a', at: '', value: 'y' }), null)).toBeNull()
})

describe('a record that is recognised by one of its two hashes', () => {
  const plain = { id: 'a', at: '1' }
  const drifted = { ...plain, extra: 1 }
  const learnt = { ...plain, channel: 'web' }

  it.each([
    ['without', null],
    ['with', ['id']],
  ])(
    '(%s a primary key) renews both, so that a later change of the other is recognised too',
    async (_, key) => {
      const options = { keyed: key !== null, cursor: '1' }
      const first = await open(noMemory, { ...options, cursor: null })
      first.remember(identify(key, plain, plain), 'sent', newest('1'))
      const second = await open(await first.toCommit(reached('1')), options)
      second.beginRead()
      const learns = identify(key, plain, learnt)
      expect(second.recall(learns, '1')).toEqual({ decision: 'sent', same: true, renews: true })
      second.remember(learns, 'sent', { ...newest('1'), recalled: true })

      const third = await open(await second.toCommit(reached('1')), options)
      third.beginRead()
      expect(third.recall(identify(key, drifted, learnt), '1')).toMatchObject({
        decision: 'sent',
        same: true,
      })
    },
  )

  it('keeps its hashes where it does not parse any more', async () => {
    const first = await open(noMemory, {})
    first.remember(keyless(plain), 'sent', newest('1'))
    const second = await open(await first.toCommit(reached('1')), { cursor: '1' })
    second.beginRead()
    expect(second.recall(identify(null, plain, undefined), '1')).toMatchObject({ same: true, renews: false })
  })
})
