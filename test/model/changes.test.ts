import { tmpdir } from 'node:os'
import { defineJob } from '../../src/jobs/job'
import { runJob } from '../../src/pipeline/run-job'
import { benign } from './choices'
import { clean, createWorld, modelJob, recordsFor, tickUntilDone, unpositioned, verdict } from './world'
import type { Job } from '../../src/jobs/job'
import type { RunDependencies } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { ModelRecord, World, WorldOptions } from './world'

const hour = 3_600_000
const document = 'jobs/model/state.json'

async function tick(world: World): Promise<RunReport> {
  const { done } = world.activate()
  await world.time.runUntil(done, 6 * hour)
  return done
}

function worldWith(options: Partial<WorldOptions>): World {
  return createWorld({ records: recordsFor(8), choices: benign, runJob, ...options })
}

describe('the state of a job', () => {
  it('that is gone stops the job instead of reading as "never ran"', async () => {
    const world = worldWith({})
    const { done } = world.activate({ gate: 40, freezeMs: Infinity })
    await world.time.runUntil(done, hour)
    world.files.delete(document)

    await expect(tick(world)).rejects.toMatchObject({ code: 'state-missing' })
  })

  it.each([
    ['cannot be parsed', Buffer.from('{"version":1,')],
    ['comes from a newer version', Buffer.from('{"version":2}')],
  ])('that %s stops the job', async (_what, body) => {
    const world = worldWith({})
    await tick(world)
    world.files.set(document, { body, etag: '"x"', modifiedAt: 0 })

    await expect(tick(world)).rejects.toMatchObject({ code: 'state-corrupt' })
  })

  it('that was lost together with its files leads to lookups before anything is sent', async () => {
    const world = worldWith({})
    await tickUntilDone(world)
    world.files.clear()

    const report = await tick(world)

    expect(report).toMatchObject({ outcome: 'succeeded', confirmedByLookup: report.batches })
    expect(verdict(world)).toEqual(clean)
  })

  it('names every file that is left once all is delivered', async () => {
    const world = worldWith({ records: recordsFor(24) })
    const { done } = world.activate({ gate: 60, freezeMs: Infinity })
    await world.time.runUntil(done, hour)
    await tickUntilDone(world)
    await tick(world)
    await tick(world)

    expect([...world.files.keys()]).toEqual([document])
  })
})

describe('a changed definition', () => {
  it('of the source stops a job with an open cursor', async () => {
    const world = worldWith({})
    await tickUntilDone(world)
    const changed: Job = { ...modelJob, source: { ...modelJob.source, version: 2 } }
    const after = worldWith({ job: changed })
    for (const [path, file] of world.files) after.files.set(path, file)

    expect(await tick(after)).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })
  })

  it('of the address stops a job while a batch may be on its way to the old one', async () => {
    let moved = false
    const world = worldWith({
      change: (dependencies) => {
        const { destination } = dependencies
        return {
          ...dependencies,
          destination: {
            ...destination,
            identity: { ...destination.identity, baseUrl: moved ? 'http://new' : 'http://old' },
            send: () => Promise.resolve({ kind: 'unknown', message: 'cut' }),
          },
        }
      },
    })
    await tick(world)
    moved = true

    expect(await tick(world)).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })
  })

  it('of the groups waits until the old files have settled, then keeps every visitor in order', async () => {
    const regrouped = (dependencies: RunDependencies): RunDependencies => ({
      ...dependencies,
      destination: {
        ...dependencies.destination,
        grouping: 'model-1',
        groups: 1,
        groupName: () => 'suite_model_1of1',
        encode: (row) => {
          const encoded = dependencies.destination.encode(row)
          return 'code' in encoded ? encoded : { ...encoded, group: 0 }
        },
      },
    })
    let changed = false
    const world = worldWith({ change: (dependencies) => (changed ? regrouped(dependencies) : dependencies) })
    await tickUntilDone(world)
    world.records.push({ id: 'next', visitor: 0, minute: 9 })
    changed = true

    const waiting = await tick(world)
    await world.time.runUntil(world.time.sleep(25 * hour), 25 * hour)
    const moved = await tick(world)

    expect(waiting).toMatchObject({ outcome: 'partial', reason: 'regrouping', rows: 0 })
    expect(moved).toMatchObject({ outcome: 'succeeded', rows: 1 })
    expect(verdict(world)).toEqual(clean)
  })
})

describe('a lookback window', () => {
  const back = (from: string) => String(Math.max(0, Number(from) - 3)).padStart(5, '0')
  const job = defineJob({ ...modelJob, key: (record) => (record as ModelRecord).id, lookback: back })

  it('finds what came late, and sends nothing of the window twice', async () => {
    const world = worldWith({ job })
    await tickUntilDone(world)
    world.records.push({ id: 'latecomer', visitor: 2, minute: 2 }, { id: 'newcomer', visitor: 0, minute: 5 })
    world.records.sort((a, b) => a.minute - b.minute)

    const report = await tick(world)

    expect(report).toMatchObject({ outcome: 'succeeded', rows: 2, late: 1 })
    expect(report.duplicates).toBeGreaterThan(0)
    expect(verdict(world)).toMatchObject({ lost: [], doubled: [] })
  })

  it.each([
    ['ignore', { rows: 0, rejects: 0 }],
    ['reject', { rows: 0, rejects: 1, rejectsByReason: { changed: 1 } }],
  ] as const)('treats a record that changed after it was sent as told: %s', async (changed, outcome) => {
    const world = worldWith({ job: { ...job, changed } })
    await tickUntilDone(world)
    const last = world.records.at(-1)
    if (last) world.records.splice(-1, 1, { ...last, visitor: 1 - last.visitor })

    expect(await tick(world)).toMatchObject({ outcome: 'succeeded', ...outcome })
  })

  it('survives a crash at any await', async () => {
    for (let gate = 1; gate <= 60; gate += 1) {
      const world = worldWith({ job })
      const { done } = world.activate({ gate, freezeMs: Infinity })
      await world.time.runUntil(done, hour)
      world.records.push({ id: 'latecomer', visitor: 2, minute: 2 })
      world.records.sort((a, b) => a.minute - b.minute)
      await tickUntilDone(world)
      expect({ gate, ...verdict(world) }).toMatchObject({ gate, lost: [], doubled: [] })
    }
  })
})

describe('a source that is read whole each time', () => {
  const job = defineJob({ ...unpositioned, key: (record) => (record as ModelRecord).id })

  it('sends only what is new', async () => {
    const world = worldWith({ job })
    const first = await tick(world)
    world.records.push({ id: 'new', visitor: 0, minute: 9 })
    const second = await tick(world)

    expect(first).toMatchObject({ rows: 8, duplicates: 0 })
    expect(second).toMatchObject({ rows: 1, duplicates: 8 })
    expect(verdict(world)).toEqual(clean)
  })
})

it('records that come in no order are sorted before they are staged', async () => {
  const job = defineJob({
    ...unpositioned,
    unsorted: true,
    schedule: { period: 'day', timeZone: 'UTC', start: '2026-11-20' },
  })
  const records = recordsFor(40).reverse()
  const world = worldWith({
    job,
    records,
    settings: { batchRows: 8 },
    change: (dependencies) => ({
      ...dependencies,
      scratch: tmpdir(),
      source: {
        ...dependencies.source,
        read: ({ signal }) => dependencies.source.read({ since: null, range: null, signal }),
      },
    }),
  })

  expect(await tick(world)).toMatchObject({ outcome: 'succeeded', rows: 40, late: 0 })
  expect(verdict(world)).toEqual(clean)
})
