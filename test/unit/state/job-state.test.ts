import { openJobDocument } from '../../../src/state/job-document'
import { takeLease } from '../../../src/state/lease'
import { newDocument } from '../../../src/state/state-document'
import { createStoreClock } from '../../../src/state/store-clock'
import { errorOf } from '../../fixtures/error-of'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { batchIn, storedDocument, storedReport } from '../../fixtures/stored-state'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { LogFields } from '../../../src/log'
import type { StateEvent } from '../../../src/state/events'
import type { JobState } from '../../../src/state/job-state'
import type { StateDocument } from '../../../src/state/state-document'
import type { BlobFate, BlobOperation } from '../../fixtures/memory-blob-store'

const path = 'jobs/job/state.json'
const second = 1000
const minute = 60 * second

interface Line extends LogFields {
  readonly level: string
  readonly message: string
}

/** A store with real documents in it; `fault` decides about each operation. */
function world({ fault = () => 'ok' }: { fault?: (operation: BlobOperation) => BlobFate } = {}) {
  const clock = virtualClock()
  const operations: BlobOperation[] = []
  const store = createMemoryBlobStore({
    clock,
    fault: (operation) => {
      operations.push(operation)
      return fault(operation)
    },
  })
  const lines: Line[] = []
  const line = (level: string) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, ...fields })
  }
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  let ids = 0

  async function take({
    run = 'run-1',
    limitMs = 10 * minute,
  }: { run?: string; limitMs?: number } = {}): Promise<JobState | null> {
    const storeClock = createStoreClock(clock)
    const file = openJobDocument({ job: 'job', store, clock, storeClock, patienceMs: 90 * second })
    const found = await file.read()
    return takeLease(
      {
        ...{ job: 'job', run, activation: `activation of ${run}`, store, file, clock, storeClock, log },
        newId: () => `write-${(ids += 1)}`,
        redact: (text) => text.replaceAll('s3cret', '[redacted]'),
        endsAt: storeClock.now() + limitMs,
        leaseTtlMs: 90 * second,
        heartbeatMs: 30 * second,
        barrier: () => 0,
        reportsKept: 20,
      },
      found,
    )
  }

  async function taken(options: { run?: string; limitMs?: number } = {}): Promise<JobState> {
    const state = await take(options)
    if (!state) throw new RangeError('the lease is held')
    return state
  }

  function put(document: StateDocument): void {
    const body = Buffer.from(JSON.stringify(document))
    store.files.set(path, { body, etag: `"put ${(ids += 1)}"`, modifiedAt: clock.now() })
  }

  const stored = () => JSON.parse(store.files.get(path)?.body.toString() ?? 'null') as StateDocument
  const writes = () => operations.filter(({ kind }) => kind === 'write').length
  return { clock, store, lines, operations, take, taken, put, stored, writes }
}

const counted: StateEvent = { type: 'counted', counters: { records: 1 } }

function ended(): Extract<StateEvent, { type: 'run-ended' }> {
  return {
    type: 'run-ended',
    at: 0,
    report: storedReport(),
    progressed: true,
    exhausted: true,
    reportsKept: 20,
  }
}

describe('taking the lease', () => {
  it('creates the document of a job that never ran', async () => {
    const { taken, stored } = world()
    const state = await taken()

    expect(stored()).toEqual(state.document)
    expect(stored()).toMatchObject({
      ...newDocument('job'),
      write: 'write-1',
      attempts: 1,
      lease: { run: 'run-1' },
    })
  })

  it('fails with state-missing where the job left files behind and its document is gone', async () => {
    const { take, store, clock } = world()
    store.files.set('jobs/job/outbox/run-0/x', {
      body: Buffer.from(''),
      etag: '"x"',
      modifiedAt: clock.now(),
    })

    expect(await errorOf(take())).toMatchObject({
      code: 'state-missing',
      message: expect.stringContaining('jobs/job/outbox/run-0/x') as string,
    })
    expect(store.files.has(path)).toBe(false)
  })

  it('is refused while another run renews it, and takes over 90 s after its last write', async () => {
    const { take, clock, put, stored } = world()
    const lease = { owner: 'o', run: 'run-0', activation: 'a', takenAt: 0, endsAt: 0 }
    put(storedDocument({ lease, outbox: [batchIn('sending')] }))
    await clock.advance(90 * second)
    expect(await take()).toBeNull()
    await clock.advance(second)

    expect(await take()).not.toBeNull()
    expect(stored()).toMatchObject({
      lease: { run: 'run-1' },
      outbox: [{ state: 'in-doubt' }],
      orphans: ['run-0'],
      reports: [{ run: 'run-0', reason: 'killed' }],
    })
  })

  it('is refused where another run has won the write', async () => {
    const { take, put } = world()
    const first = take()
    put(storedDocument({ lease: { owner: 'o', run: 'run-0', activation: 'a', takenAt: 0, endsAt: 0 } }))

    expect(await first).toBeNull()
  })

  it('logs one line with job, run and activation', async () => {
    const { taken, lines } = world()
    await taken()

    expect(lines).toEqual([
      {
        ...{ level: 'info', message: 'lease-taken' },
        ...{ job: 'job', run: 'run-1', activation: 'activation of run-1' },
        ...{ attempts: 1, takenOverFrom: null },
      },
    ])
  })
})

describe('writing', () => {
  it('makes events durable before it resolves, and returns when the write was issued', async () => {
    const { taken, stored, clock } = world()
    const state = await taken()
    await clock.advance(5 * second)

    expect(await state.write(counted, counted)).toBe(5 * second)
    expect(stored().counters.records).toBe(2)
    expect(state.document).toEqual(stored())
  })

  it('merges events that wait for the same write, and gives each write a fresh id', async () => {
    const { taken, stored, writes } = world()
    const state = await taken()
    const before = writes()
    const first = stored().write
    await Promise.all([state.write(counted), state.write(counted), state.write(counted)])

    expect(writes() - before).toBe(1)
    expect(stored().counters.records).toBe(3)
    expect(stored().write).not.toBe(first)
  })

  it('shows nothing that is not durable yet', async () => {
    const { taken } = world()
    const state = await taken()
    const write = state.write(counted)

    expect(state.document.counters.records).toBe(0)
    await write
    expect(state.document.counters.records).toBe(1)
  })

  it('carries late events with the next write, and shows them at once', async () => {
    const { taken, stored, writes } = world()
    const state = await taken()
    const before = writes()
    state.later(counted)
    expect(state.document.counters.records).toBe(1)
    expect(writes()).toBe(before)
    const write = state.write(counted)
    state.later(counted)
    await write
    expect(state.document.counters.records).toBe(3)
    await state.write({ type: 'lease-renewed' })

    expect(stored().counters.records).toBe(3)
  })

  it('applies late events of a running write once', async () => {
    const { taken, stored } = world()
    const state = await taken()
    const write = state.write(counted)
    await Promise.resolve()
    await Promise.resolve()
    state.later(counted)
    await write
    await state.write(counted)

    expect(stored().counters.records).toBe(3)
  })

  it('fails alone where its event does not apply, and the others of the same write go on', async () => {
    const { taken, stored } = world()
    const state = await taken()
    const [refused] = await Promise.allSettled([
      state.write({ type: 'removed', id: 'nobody' }),
      state.write(counted),
    ])

    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'unexpected' } })
    expect(stored().counters.records).toBe(1)
    expect(state.signal.aborted).toBe(false)
  })

  it('resolves every promise that waits for a change', async () => {
    const { taken } = world()
    const state = await taken()
    const changes = Promise.all([state.changed(), state.changed()])
    await state.write(counted)

    await expect(changes).resolves.toHaveLength(2)
  })

  it('redacts the texts of an event before it stores and logs them', async () => {
    const { taken, put, store, lines } = world()
    put(storedDocument({ outbox: [batchIn('sending')] }))
    const state = await taken({})
    await state.write({
      type: 'held',
      id: 'batch-1',
      hold: { code: 'rejected', message: 'the token s3cret is bad', since: 1 },
      invalidRows: 0,
    })

    expect(state.document.outbox[0]).toMatchObject({ hold: { message: 'the token [redacted] is bad' } })
    expect(`${String(store.files.get(path)?.body)} ${JSON.stringify(lines)}`).not.toContain('s3cret')
  })

  it('logs each event once, as its type and facts, and renewals for debugging only', async () => {
    const { taken, lines } = world()
    const state = await taken()
    await state.write(counted, { type: 'lease-renewed' })
    state.later(counted)
    await state.write({ type: 'lease-renewed' })

    expect(lines.slice(1).map(({ level, message, records, run }) => [level, message, records, run])).toEqual([
      ['info', 'counted', 1, 'run-1'],
      ['debug', 'lease-renewed', undefined, 'run-1'],
      ['info', 'counted', 1, 'run-1'],
      ['debug', 'lease-renewed', undefined, 'run-1'],
    ])
  })
})

describe('losing the lease', () => {
  it('aborts the run, rejects pending writes, and writes nothing more', async () => {
    const { taken, put, stored, writes } = world()
    const state = await taken()
    put(storedDocument({ write: 'theirs' }))
    const [first, next] = [state.write(counted), Promise.resolve().then(() => state.write(counted))]

    expect(await errorOf(first)).toMatchObject({ code: 'lease-lost' })
    expect(await errorOf(next)).toMatchObject({ code: 'lease-lost' })
    const before = writes()
    expect(await errorOf(state.write(counted))).toMatchObject({ code: 'lease-lost' })
    expect(state.signal.aborted).toBe(true)
    expect(writes()).toBe(before)
    expect(stored().write).toBe('theirs')
  })

  it('reverts events that were never written: the run reports only what it committed', async () => {
    const { taken, put } = world()
    const state = await taken()
    await state.write(counted)
    state.later(counted)
    put(storedDocument())
    await errorOf(state.write(counted))

    expect(state.document.counters.records).toBe(1)
  })

  it('also happens where the outcome of a write stays unknown', async () => {
    let down = false
    const { taken, clock } = world({ fault: () => (down ? 'lost-before' : 'ok') })
    const state = await taken()
    down = true
    const write = errorOf(state.write(counted))
    await clock.advance(3 * minute)

    expect(await write).toMatchObject({ code: 'store-unreachable' })
    expect(state.signal.aborted).toBe(true)
  })

  it('does not happen where only the answer was lost', async () => {
    let lose = false
    const { taken, stored } = world({
      fault: ({ kind }) => (lose && kind === 'write' ? ((lose = false), 'lost-after') : 'ok'),
    })
    const state = await taken()
    lose = true
    await state.write(counted)
    await state.write(counted)

    expect(stored().counters.records).toBe(2)
  })
})

describe('the heartbeat', () => {
  it('renews the lease every 30 s', async () => {
    const { taken, clock, take, store } = world()
    await taken()
    await clock.advance(5 * minute)

    expect(store.files.get(path)?.modifiedAt).toBe(clock.now())
    expect(await take({ run: 'run-2' })).toBeNull()
  })

  it('repeats a renewal that never arrived: the write id distinguishes equal content', async () => {
    let isLost = false
    const { taken, clock, store } = world({
      fault({ kind }) {
        const fate = isLost && kind === 'write' ? 'lost-before' : 'ok'
        if (kind === 'write') isLost = false
        return fate
      },
    })
    await taken()
    await clock.advance(30 * second)
    isLost = true
    await clock.advance(31 * second)

    expect(store.files.get(path)?.modifiedAt).toBeGreaterThanOrEqual(clock.now() - second)
  })

  it('does not renew it past the end of the activation, where a frozen process thaws', async () => {
    const { taken, clock, take, store } = world()
    const from = clock.now()
    await taken({ limitMs: 2 * minute })
    await clock.advance(10 * minute)

    expect(store.files.get(path)?.modifiedAt).toBe(from + 90 * second)
    expect(await take({ run: 'run-2' })).not.toBeNull()
  })

  it('stops when the lease is given back', async () => {
    const { taken, clock, writes } = world()
    const state = await taken()
    await state.release(ended())
    const before = writes()
    await clock.advance(5 * minute)

    expect(writes()).toBe(before)
    expect(clock.nextWake()).toBeNull()
  })
})

it('a released lease is free at once, with the report in the same write', async () => {
  const { taken, take, stored, writes } = world()
  const state = await taken()
  const before = writes()
  await state.release(ended())

  expect(stored()).toMatchObject({ lease: null, reports: [ended().report] })
  expect(writes()).toBe(before + 1)
  expect(await take({ run: 'run-2' })).not.toBeNull()
})
