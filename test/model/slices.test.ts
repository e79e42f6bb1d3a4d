import { defineJob } from '../../src/jobs/job'
import { runJob } from '../../src/pipeline/run-job'
import { scheduleStart } from '../../src/pipeline/slices'
import { benign } from './choices'
import { createWorld, unpositioned } from './world'
import type { Job } from '../../src/jobs/job'
import type { Schedule } from '../../src/jobs/schedule'
import type { RunDependencies } from '../../src/pipeline/run-context'
import type { TimeRange } from '../../src/sources/source'
import type { World } from './world'

const minute = 60_000
const hour = 60 * minute

function scheduled(schedule: Schedule, change: Partial<Job> = {}): Job {
  return { ...defineJob({ ...unpositioned, schedule }), ...change }
}

/** A source with three records in every range it is asked for. */
function ranged(asked: TimeRange[]) {
  return (dependencies: RunDependencies): RunDependencies => ({
    ...dependencies,
    source: {
      identity: 'ranged',
      async *read({ range }) {
        if (!range) return
        asked.push(range)
        await dependencies.clock.sleep(10)
        const at = Date.parse(range.from) / minute
        yield {
          records: [0, 1, 2].map((visitor) => ({ id: `${range.from}/${visitor}`, visitor, minute: at })),
        }
      },
    },
  })
}

async function tick(world: World, request = { force: false }): Promise<void> {
  const { done } = world.activate(null, request)
  await world.time.runUntil(done, 6 * hour)
}

async function pass(world: World, ms: number): Promise<void> {
  await world.time.runUntil(world.time.sleep(ms), ms)
}

const ids = (world: World) =>
  world.adobe.accepted.flatMap(({ lines }) => lines.map((line) => line.split(',')[0] ?? ''))

it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
  'a year of days in %s is sent once each, whether alarms come never, twice or at once',
  async (timeZone) => {
    const schedule: Schedule = { period: 'day', timeZone, start: '2026-01-01' }
    const asked: TimeRange[] = []
    const start = scheduleStart(schedule)
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      job: scheduled(schedule),
      start,
      change: ranged(asked),
    })

    for (let day = 0; day < 366; day += 1) {
      await pass(world, 24 * hour)
      if (day % 7 === 3) continue // the alarm is missed
      if (day % 5 === 0) world.activate() // it fires twice at once
      await tick(world)
      if (day % 3 === 0) await tick(world) // it fires again
    }
    await tick(world)

    const sent = ids(world)
    expect(new Set(sent).size).toBe(sent.length)
    expect(sent.length / 3).toBeGreaterThanOrEqual(365)
    const ranges = [...new Map(asked.map((range) => [range.from, range])).values()]
    ranges.forEach((range, index) =>
      expect(range.from).toBe(ranges[index - 1]?.to ?? new Date(start).toISOString()),
    )
  },
  120_000,
)

describe('with hourly slices', () => {
  const schedule: Schedule = { period: 'hour', timeZone: 'UTC', start: '2026-11-20T20:00:00Z' }
  const start = Date.UTC(2026, 10, 21)

  it('catches up on what was missed, oldest first, and is idle then at the cost of one read', async () => {
    const asked: TimeRange[] = []
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      job: scheduled(schedule),
      start,
      change: ranged(asked),
    })

    await tick(world)
    const before = world.files.get('jobs/model/state.json')?.etag
    await tick(world)

    expect(asked.map(({ from }) => from.slice(11, 13))).toEqual(['20', '21', '22', '23'])
    expect(world.reports).toMatchObject([
      { outcome: 'succeeded', slices: 4, rows: 12 },
      { outcome: 'skipped', reason: 'nothing-due' },
    ])
    expect(world.files.get('jobs/model/state.json')?.etag).toBe(before)
  })

  it('takes no more slices in one run than the job allows, and goes on by itself', async () => {
    let continued = 0
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      job: scheduled({ ...schedule, slicesPerRun: 3 }),
      start,
      change: (dependencies) => ({
        ...ranged([])(dependencies),
        continueLater: () => Promise.resolve(void (continued += 1)),
      }),
    })

    await tick(world)
    await tick(world)

    expect(world.reports).toMatchObject([
      { outcome: 'partial', reason: 'capped', slices: 3 },
      { outcome: 'succeeded', slices: 1 },
    ])
    expect(continued).toBe(1)
  })

  it('a failed slice is tried again and blocks the ones after it', async () => {
    const asked: TimeRange[] = []
    let broken = true
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      start,
      job: scheduled(schedule),
      change: (dependencies) => {
        const { source } = ranged(asked)(dependencies)
        return {
          ...dependencies,
          source: {
            ...source,
            read: (request) => {
              if (broken && request.range?.from.includes('T21')) throw new RangeError('the source is down')
              return source.read(request)
            },
          },
        }
      },
    })

    await tick(world)
    broken = false
    await tick(world)

    expect(world.reports).toMatchObject([
      { outcome: 'failed', slices: 1 },
      { outcome: 'succeeded', slices: 3 },
    ])
    expect(asked.map(({ from }) => from.slice(11, 13))).toEqual(['20', '21', '22', '23'])
  })

  it('a range before the schedule is sent beside it, once, and again only by force', async () => {
    const asked: TimeRange[] = []
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      job: scheduled(schedule),
      start,
      change: ranged(asked),
    })
    const range = { from: '2026-11-20T10:00:00Z', to: '2026-11-20T12:00:00Z' }

    await tick(world)
    await tick(world, { force: false, ...range })
    await tick(world, { force: false, ...range })
    await tick(world, { force: true, ...range })

    const [schedules, backfill, refused, forced] = world.reports
    expect(schedules).toMatchObject({ rows: 12 })
    expect(backfill).toMatchObject({ outcome: 'succeeded', rows: 6, slices: 2 })
    expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
    expect(forced).toMatchObject({ outcome: 'succeeded', rows: 6 })
    expect(forced?.notes.join()).toContain('count twice')
    expect(asked.filter(({ from }) => from.includes('T10'))).toHaveLength(2)
    expect(JSON.parse(world.files.get('jobs/model/state.json')?.body.toString() ?? '')).toMatchObject({
      watermark: start,
    })
  })

  it('a range that the schedule will reach by itself is refused', async () => {
    const world = createWorld({
      records: [],
      choices: benign,
      runJob,
      job: scheduled(schedule),
      start,
      change: ranged([]),
    })

    await tick(world)
    await tick(world, { force: true, ...{ from: '2026-11-20T23:00:00Z', to: '2026-11-22T00:00:00Z' } })

    expect(world.reports.at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
  })

  it('rejects are tried again after the mapping was mended, in order and once', async () => {
    let mended = false
    const job = scheduled(schedule, {
      map: (record) => {
        const { id, visitor, minute: at } = record as { id: string; visitor: number; minute: number }
        if (visitor === 1 && !mended) throw new RangeError('not mapped yet')
        return { id, visitor, at: at * 60 }
      },
    })
    const world = createWorld({ records: [], choices: benign, runJob, job, start, change: ranged([]) })

    await tick(world)
    mended = true
    await tick(world, { force: false, ...{ resolve: 'rejects', as: 'resend' } })
    await tick(world, { force: false, ...{ resolve: 'rejects', as: 'resend' } })

    expect(world.reports).toMatchObject([
      { rows: 8, rejects: 4, rejectsByReason: { 'map-failed': 4 } },
      { outcome: 'succeeded', records: 4, rows: 4, rejects: 0 },
      { outcome: 'failed', error: { code: 'params-invalid' } },
    ])
    const sent = ids(world)
    expect(sent).toHaveLength(12)
    expect(new Set(sent).size).toBe(12)
  })
})
