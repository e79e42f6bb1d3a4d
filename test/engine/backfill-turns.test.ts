import { JobError } from '../../src/errors'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, hourMs, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import { inPages, scriptedSource } from '../fixtures/scripted-source'
import type { EngineWorld } from '../fixtures/engine-world'
import type { ReadRequest } from '../../src/sources/source'

const everyHour = { every: 'hour', timeZone: 'UTC', start: '2026-11-20', cursor: atInstant } as const

/** Where a read begins. */
function startOf(request: ReadRequest): string {
  if (request.mode === 'sliced') return request.range.from
  return (request.mode === 'incremental' ? request.since : null) ?? ''
}

/** A source of which each page takes `ms`. */
function slowSource(world: EngineWorld, ms: number) {
  const source = scriptedSource(world.feed)
  const open: typeof source.open = (context) => {
    const opened = source.open(context)
    return {
      ...opened,
      async *read(request) {
        for await (const page of opened.read(request)) {
          await world.clock.sleep(ms)
          yield page
        }
      },
    }
  }
  return { ...source, open }
}

const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `e${index}`, at: minute(index * 60) }))

describe('a backfill that takes many runs', () => {
  it('of a sliced job leaves each slice that falls due the next turn', async () => {
    const world = engineWorld()
    world.feed.records = eventsOf(40)
    world.activationMs = 24 * hourMs
    await world.run(jobOf(world, { sync: sliced(everyHour) }))
    const job = jobOf(world, { sync: sliced(everyHour), source: slowSource(world, 30 * minuteMs) })
    const before = world.feed.asked.length
    await world.run(job, { from: minute(0), to: minute(12 * 60), force: true })

    const starts = world.feed.asked.slice(before).map(startOf)
    const scheduled = starts.filter((start) => start >= '2026-11-21')
    expect(world.stateOf(job).backfills).toEqual([])
    // Twelve slices of half an hour each: every second one is followed by the slice that fell due meanwhile.
    expect(scheduled.length).toBeGreaterThanOrEqual(5)
    expect(starts.indexOf(scheduled[0] ?? '')).toBeLessThan(4)
  })

  it('of an incremental job reads what is new every ten minutes, and continues where it stood', async () => {
    const world = engineWorld()
    world.feed.records = eventsOf(20)
    world.feed.pageSize = 1
    world.list.batchRows = 1
    world.activationMs = 24 * hourMs
    await world.run(jobOf(world))
    const job = jobOf(world, { source: slowSource(world, 4 * minuteMs) })
    const fresh = { id: 'fresh', at: minute(24 * 60) }
    void world.clock.sleep(15 * minuteMs).then(() => (world.feed.records = [...world.feed.records, fresh]))
    const report = await world.run(job, { from: minute(0), to: minute(18 * 60), force: true })

    expect(report).toMatchObject({ outcome: 'succeeded', rows: 19 })
    const sent = world.hits().slice(20)
    expect(sent.filter((id) => id !== 'fresh')).toEqual(eventsOf(18).map(({ id }) => id))
    expect(sent.indexOf('fresh')).toBeGreaterThan(1)
    expect(sent.indexOf('fresh')).toBeLessThan(10)
  })

  it.each([
    ['sliced', sliced(everyHour)],
    ['incremental', incremental({ cursor: atInstant })],
  ])('and fails stops no ordinary work of a job that is %s', async (_mode, sync) => {
    const world = engineWorld()
    world.feed.records = eventsOf(20)
    world.activationMs = 24 * hourMs
    const job = jobOf(world, { sync })
    await world.run(job)
    world.feed.pages = (request) => {
      if (startOf(request) < '2026-11-20T05') throw new JobError('source-refused', 'No.', 'Look.')
      return inPages([{ id: 'fresh', at: minute(24 * 60 + 1) }], 1)
    }
    const failed = await world.run(job, { from: minute(0), to: minute(120), force: true })
    await world.pass(2 * hourMs)
    await world.run(job)

    expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'source-refused' } })
    expect(failed.error?.remedy).toMatch(/resolve=backfill-\S+ as=drop/)
    expect(world.hits()).toContain('fresh')
  })
})
