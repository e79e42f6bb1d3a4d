import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, hourMs, jobOf, minute } from '../fixtures/engine-world'
import { scriptedSource } from '../fixtures/scripted-source'
import type { Job } from '../../src/definition/job'

/** More records than the document itself remembers: their identities lie in files. */
const many = 300

function recordsOf(hour: number) {
  return Array.from({ length: many }, (_, index) => ({
    id: `h${hour}-${index}`,
    at: minute(hour * 60 + Math.floor(index / 10)),
  }))
}

describe('a deduplication index in files', () => {
  const key = { cursor: atInstant, primaryKey: 'id' as const, lookback: { hours: 3 } }

  it.each<[string, Job['sync']]>([
    ['an incremental job', incremental(key)],
    ['a sliced job', sliced({ ...key, every: 'hour', timeZone: 'UTC', start: '2026-11-20T20:00:00Z' })],
  ])('of %s keeps the entries that its lookback reads again, and no older ones', async (_, sync) => {
    const world = engineWorld()
    world.list.batchRows = 10_000
    world.feed.pageSize = 10_000
    const job = jobOf(world, { sync })
    world.feed.records = recordsOf(21)
    await world.run(job)
    world.feed.records = [...world.feed.records, ...recordsOf(23)]
    await world.pass(hourMs)
    expect(await world.run(job)).toMatchObject({ rows: many, repeated: many })
    await world.pass(hourMs)
    const again = await world.run(job)
    expect(again).toMatchObject({ outcome: 'succeeded', rows: 0 })
    expect(again.repeated).toBeGreaterThanOrEqual(many)
    expect(new Set(world.hits()).size).toBe(2 * many)
    expect(world.hits()).toHaveLength(2 * many)

    await world.pass(5 * hourMs)
    world.feed.records = [...world.feed.records, ...recordsOf(28)]
    await world.run(job)
    await world.pass(hourMs)
    await world.run(job)
    expect(world.hits()).toHaveLength(3 * many)
    expect(world.stateOf(job).memory.segments).toHaveLength(1)
  })
})

it('writes full batches of a slice while it still reads the slice, so that its size is no matter of memory', async () => {
  const world = engineWorld()
  world.feed.records = recordsOf(22)
  const written: string[] = []
  world.fault = ({ kind, path }) => {
    if (kind === 'write' && path.endsWith('.txt')) written.push(path)
    return 'ok'
  }
  const source = scriptedSource(world.feed)
  const writtenAtPage: number[] = []
  const watched: typeof source = {
    ...source,
    open: (context) => ({
      ...source.open(context),
      async *read(request) {
        for await (const page of source.open(context).read(request)) {
          writtenAtPage.push(written.length)
          yield page
        }
      },
    }),
  }
  const slices = sliced({
    ...{ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-20T22:00:00Z' },
    ordered: true,
  })
  await world.run(jobOf(world, { source: watched, sync: slices }))

  expect(world.hits()).toHaveLength(many)
  expect(writtenAtPage.at(-1)).toBeGreaterThan(many / world.list.batchRows - 3)
})

it.each<[string, Partial<Job>, number]>([
  ['at the end of each page that fills a batch', {}, 3],
  ['once where its rows are counted as a whole', { expect: { rows: [1, many] } }, 1],
  ['once where a person approves it', { approval: 'required' }, 1],
])('an incremental read commits %s', async (_, change, commits) => {
  const world = engineWorld()
  world.list.batchRows = 100
  world.feed.pageSize = 50
  world.feed.records = recordsOf(22)
  const job = jobOf(world, { sync: incremental({ cursor: atInstant }), ...change })
  await world.run(job)

  expect(world.stateOf(job).commits).toBe(commits)
})
