import * as z from 'zod'
import { JobError } from '../../src/errors'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import type { Job } from '../../src/definition/job'
import type { RunReport } from '../../src/state/run-report'
import type { EngineWorld } from '../fixtures/engine-world'

const good = { id: 'good', at: minute(1), value: 1 }
const bad = (count: number) => Array.from({ length: count }, (_, id) => ({ id: `bad${id}`, at: minute(2) }))
const Strict = Event.extend({ value: z.number() })
const daily = { every: 'day', timeZone: 'UTC', start: '2026-11-20', cursor: atInstant } as const

function worldOf(...records: readonly unknown[]): EngineWorld {
  const world = engineWorld()
  world.feed.records = records
  return world
}

/** In = taken + rejects + duplicates + filtered + repeated + behind + out of range. */
function booksOf(report: RunReport): number {
  const { taken, rejects, duplicates, filtered, repeated, behind, outOfRange } = report
  return taken + rejects + duplicates + filtered + repeated + behind + outOfRange
}

/** Over all reports that the document keeps: each adds up, and together they say what was stored. */
function expectBooks(world: EngineWorld, job: Job): void {
  const { reports } = world.stateOf(job)
  for (const report of reports) expect(report.records).toBe(booksOf(report))
  const sum = (name: 'rows' | 'batches' | 'confirmed') =>
    reports.reduce((total, report) => total + report[name], 0)
  expect(sum('rows')).toBe(world.hits().length)
  expect(sum('confirmed')).toBe(world.list.stored.length)
  expect(sum('batches')).toBe(world.list.stored.length)
}

describe('a run whose records were all rejected', () => {
  it.each<[string, Job['sync']]>([
    ['incremental', incremental({ cursor: atInstant })],
    ['sliced', sliced(daily)],
    ['read whole', fullRefresh({ primaryKey: 'id' })],
  ])('(%s) is partial where they are few, and fails where they are many', async (_, sync) => {
    const few = worldOf(...bad(20))
    expect(await few.run(jobOf(few, { sync, record: Strict }))).toMatchObject({
      outcome: 'partial',
      reason: 'all-rejected',
      rejects: 20,
    })
    const many = worldOf(...bad(99))
    expect(await many.run(jobOf(many, { sync, record: Strict }))).toMatchObject({
      outcome: 'failed',
      error: { code: 'too-many-rejects' },
    })
    expect(many.stateOf(jobOf(many)).rejects.segments).toEqual([])
  })

  it('succeeds where a tenth of them are rejected, and fails where more than that are', async () => {
    const goods = (count: number) =>
      Array.from({ length: count }, (_, id) => ({ id: `good${id}`, at: minute(3), value: 1 }))
    for (const [rejected, outcome] of [
      [21, 'succeeded'],
      [22, 'failed'],
    ] as const) {
      const world = worldOf(...bad(rejected), ...goods(189))
      expect(await world.run(jobOf(world, { sync: sliced(daily), record: Strict }))).toMatchObject({
        outcome,
      })
    }
  })
})

describe('the books', () => {
  const records = Array.from({ length: 30 }, (_, id) => ({
    ...{ id: `e${id}`, at: minute(id) },
    ...(id % 7 === 3 ? {} : { value: id }),
  }))

  /** Kills one run at each of its store operations in turn, and lets others finish. */
  it.each<[string, Job['sync']]>([
    ['an incremental job', incremental({ cursor: atInstant })],
    ['a sliced job', sliced({ ...daily, every: 'hour', start: '2026-11-20T00:00:00Z' })],
    ['a full refresh', fullRefresh({ primaryKey: 'id' })],
  ])('of %s add up over all stored reports, wherever a run is killed', async (_, sync) => {
    const counting = worldOf(...records)
    let operations = 0
    counting.fault = () => {
      operations += 1
      return 'ok'
    }
    await counting.run(jobOf(counting, { sync, record: Strict }))
    expect(operations).toBeGreaterThan(20)

    for (let dies = 2; dies <= operations; dies += 3) {
      const world = worldOf(...records)
      const job = jobOf(world, { sync, record: Strict })
      let count = 0
      await world.kill(job, () => (count += 1) === dies)
      await world.pass(hourMs)
      await world.run(job)
      await world.pass(hourMs)
      await world.run(job)

      expect(world.hits()).toHaveLength(26)
      expectBooks(world, job)
      const { reports } = world.stateOf(job)
      expect(reports.reduce((total, report) => total + report.rejects, 0)).toBe(4)
      expect(reports.filter(({ reason }) => reason === 'killed').length).toBeLessThanOrEqual(1)
    }
  })

  it('count the work of a run that lost its lease once, in the report that the next run stores for it', async () => {
    const world = worldOf(...records)
    const job = jobOf(world, { record: Strict })
    const at = ({ kind, path }: { kind: string; path: string }) =>
      kind === 'write' && path.endsWith('.json') && world.list.stored.length === 3
    const frozen = await world.freeze(job, at, 10 * minuteMs)
    await world.pass(3 * minuteMs)
    await world.run(job)
    const report = await frozen.end()
    await world.run(job)

    expect(report).toMatchObject({ outcome: 'partial', reason: 'lease-lost' })
    expect(report.notes.join()).toContain('not stored')
    expect(world.stateOf(job).reports[0]).toMatchObject({
      ...{ run: report.run, outcome: 'failed', reason: 'killed' },
      ...{ records: report.records, rows: report.rows, confirmed: report.confirmed },
    })
    expect(world.hits()).toHaveLength(26)
    expectBooks(world, job)
  })
})

describe('a run that does nothing', () => {
  it('has an id of its own, not that of its activation', async () => {
    const world = worldOf(good)
    const job = jobOf(world, { sync: sliced(daily) })
    await world.run(job)
    const [skipped, again] = [await world.run(job), await world.run(job)]

    expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'nothing-due', records: 0 })
    const runs = world.reports.map(({ run }) => run)
    expect(new Set(runs).size).toBe(3)
    for (const { run, activation } of [skipped, again]) expect(run).not.toBe(activation)
  })

  it('says that a command was not accepted while another run is at work', async () => {
    const world = worldOf(good)
    const job = jobOf(world)
    await world.kill(job, ({ kind, path }) => kind === 'write' && path.endsWith('.txt'))
    const report = await world.run(job, { force: true, from: minute(0), to: minute(1) })

    expect(report).toMatchObject({ outcome: 'skipped', reason: 'lease-held' })
    expect(report.notes.join()).toContain('was not accepted')
  })
})

describe('a self-invocation that fails', () => {
  it('becomes a note in the report of the run', async () => {
    const world = worldOf(...Array.from({ length: 40 }, (_, id) => ({ id: `e${id}`, at: minute(id) })))
    world.list.partitionIntervalMs = minuteMs
    world.activationMs = 5 * minuteMs
    world.invokeSelf = () => Promise.reject(new JobError('unexpected', 'HTTP 502.', 'Wait.'))
    const report = await world.run(jobOf(world))

    expect(report).toMatchObject({ outcome: 'partial', reason: 'deadline' })
    expect(report.confirmed).toBeGreaterThan(1)
    expect(report.notes.join()).toContain('HTTP 502')
  })
})

describe('a killed run', () => {
  it.each([
    ['at its time limit', 9.4 * minuteMs, 'limits.timeout'],
    ['out of memory', minuteMs, 'limits.memory'],
  ])('(%s) has its probable cause in an inspection and in the next report', async (_, after, limit) => {
    const world = worldOf(good)
    const job = jobOf(world)
    const startedAt = world.clock.now()
    world.feed.hangs = true
    await world.kill(job, () => world.clock.now() - startedAt >= after)
    await world.pass(5 * minuteMs)

    expect(await world.inspect(job)).toMatchObject({
      lease: { held: false, lastRun: expect.stringContaining(limit) as string },
    })
    world.feed.hangs = false
    await world.run(job)
    const killed = world.stateOf(job).reports.find(({ reason }) => reason === 'killed')
    expect(killed?.outcome).toBe('failed')
    expect(killed?.notes.join()).toContain(limit)
  })
})

describe('the order of rows', () => {
  it('is restored by sorting inside a slice whose records come unordered', async () => {
    const world = worldOf(...[5, 1, 4, 2, 3, 0].map((at) => ({ id: `e${at}`, at: minute(at) })))
    expect(await world.run(jobOf(world, { sync: sliced(daily) }))).toMatchObject({ late: 0 })
    expect(world.hits()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5'])
  })

  it('is counted as late where a backfill or a replay sends older rows', async () => {
    const world = worldOf(
      { ...good, at: minute(1) },
      { id: 'bad', at: minute(2) },
      { ...good, at: minute(3) },
    )
    const strict = jobOf(world, { record: Strict })
    await world.run(strict)
    const mended = jobOf(world)
    expect(await world.run(mended, { resolve: 'rejects', as: 'resend' })).toMatchObject({
      healed: 1,
      late: 1,
    })
    const backfill = await world.run(mended, { force: true, from: minute(0), to: minute(2) })
    expect(backfill).toMatchObject({ rows: 1, late: 1 })
  })

  it('is not moved by a new row of a record that is rejected because another of its rows is late', async () => {
    const world = worldOf()
    const Times = z.object({ id: z.string(), at: z.string(), times: z.array(z.number()) })
    const job = jobOf(world, {
      sync: { ...incremental({ cursor: atInstant }), late: 'reject' },
      record: Times,
      map: (record) => {
        const { id, times } = record as z.infer<typeof Times>
        return times.map((at) => ({ id: `${id}@${at}`, at }))
      },
    })
    world.feed.records = [
      { id: 'a', at: minute(1), times: [10] },
      { id: 'b', at: minute(2), times: [5, 90] },
      { id: 'c', at: minute(3), times: [20] },
    ]
    expect(await world.run(job)).toMatchObject({ rejectsByReason: { late: 1 }, rows: 2 })
    expect(world.hits()).toEqual(['a@10', 'c@20'])
  })
})

describe('a range that a person names', () => {
  it.each([
    ['dates', '2026-11-20', '2026-11-21'],
    ['instants', '2026-11-19T23:00:00Z', '2026-11-21T00:00:00+01:00'],
  ])('is in the zone of the job where it is given in %s', async (_, from, to) => {
    const world = worldOf({ id: 'before', at: minute(-61) }, { id: 'in', at: minute(-60) })
    const job = jobOf(world, {
      sync: sliced({ ...daily, timeZone: 'Europe/Berlin', start: '2026-11-19' }),
    })
    await world.pass(24 * hourMs)
    await world.run(job)
    world.feed.asked.length = 0
    expect(await world.run(job, { force: true, from, to })).toMatchObject({ rows: 1 })

    expect(world.hits()).toEqual(['before', 'in', 'in'])
    expect(world.feed.asked).toMatchObject([
      { range: { from: '2026-11-19T23:00:00.000Z', to: '2026-11-20T23:00:00.000Z' } },
    ])
  })
})

describe('a write-ahead write that takes longer than the send window', () => {
  it('is followed by no send, and the batch goes out once', async () => {
    const world = worldOf(good)
    const job = jobOf(world)
    const isIntent = ({ kind, path }: { kind: string; path: string }) =>
      kind === 'write' && path.endsWith('.json') && world.store.files.size > 1
    world.fault = async (operation) => {
      if (isIntent(operation)) await world.clock.sleep(70_000)
      return 'ok' as const
    }
    await world.run(job)
    expect(world.hits()).toEqual([])
    world.fault = () => 'ok'
    await world.run(job)

    expect(world.hits()).toEqual(['good=1'])
  })
})

describe('an inspection', () => {
  it('needs neither the source nor the destination, nor a job without faults', async () => {
    const world = worldOf(good)
    const job = jobOf(world, { sync: sliced(daily) })
    await world.run(job)
    const unopenable: Job = {
      ...jobOf(world, { sync: sliced({ ...daily, timeZone: 'Europe/Berlim', start: 'soon' as never }) }),
      source: null as never,
      destination: null as never,
    }
    expect(await world.inspect(unopenable)).toMatchObject({ job: 'job', outbox: [], reports: [{ rows: 1 }] })
    expect(await world.inspect(jobOf(world, { name: 'other' }))).toMatchObject({ job: 'other' })
  })
})
