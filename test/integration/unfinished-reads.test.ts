import * as z from 'zod'
import { startEmulator } from '../../emulators/emulator'
import { input } from '../../src/inputs'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { nextToken } from '../../src/sources/paginators/next-token'
import { pageNumber } from '../../src/sources/paginators/page-number'
import { restSource } from '../../src/sources/rest/rest-source'
import { atInstant, engineWorld, jobOf, minute } from '../fixtures/engine-world'
import { loopbackHttp as http } from '../fixtures/loopback-http'
import { sourceContext } from '../fixtures/source-context'
import type { Emulator } from '../../emulators/emulator'
import type { HttpClient } from '../../src/http/http-client'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'
import type { RestSource } from '../../src/sources/rest/rest-options'

const event = (id: number, at = id) => ({ id: `e${id}`, at: minute(at) })
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => event(from + at))
const refresh = fullRefresh({ primaryKey: 'id' })
const failed = (message: string) => ({
  outcome: 'failed',
  error: { code: 'source-malformed', message: expect.stringContaining(message) as string },
})

let server: Emulator
let world: EngineWorld
let answer: (query: URLSearchParams) => object
beforeEach(async () => {
  world = engineWorld()
  server = await startEmulator(({ url }) => ({
    status: 200,
    body: answer(new URL(url, 'http://x').searchParams),
  }))
})
afterEach(() => server.stop())

/** The whole engine behind a real HTTP source. */
function jobWith(definition: Partial<RestSource>, sync: Job['sync']): Job {
  const rest = { baseUrl: input('API_BASE_URL'), path: '/events', records: 'data', ...definition }
  const source = restSource(rest as unknown as RestSource)
  const held: HttpClient = (request) => world.clock.during(() => http(request))
  const open = () => source.open(sourceContext({ inputs: { API_BASE_URL: server.url }, http: held }))
  return jobOf(world, {
    record: z.object({ id: z.string(), at: z.string() }),
    sync,
    source: { ...source, open },
  })
}

/** The records from `since` on, three of them at most. */
function threeOf(stored: readonly ReturnType<typeof event>[]) {
  return (query: URLSearchParams) => {
    const found = stored.filter(({ at }) => at >= (query.get('since') ?? ''))
    return { data: found.slice(0, 3), has_more: found.length > 3 }
  }
}

describe('a source that cuts its answers, read from cursor to cursor without a paginator,', () => {
  const since = { sinceParam: 'since' }

  it('is read to its end by later runs', async () => {
    answer = threeOf(events(0, 5))
    const job = jobWith(since, incremental({ cursor: atInstant, primaryKey: 'id' }))
    await world.run(job)
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', taken: 2 })
    expect(world.hits()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4'])
  })

  it('fails where more records share a cursor than an answer has', async () => {
    answer = threeOf([0, 1, 2, 3, 4].map((id) => event(id, 0)))
    const job = jobWith(since, incremental({ cursor: atInstant, primaryKey: 'id' }))
    await world.run(job)
    expect(await world.run(job)).toMatchObject(failed(`does not reach beyond ${minute(0)}`))
    expect(world.hits()).toHaveLength(3)
  })

  it('fails where the lookback has more records than an answer', async () => {
    answer = threeOf(events(0, 5))
    const sync = incremental({ cursor: atInstant, primaryKey: 'id', lookback: { minutes: 10 } })
    await world.run(jobWith(since, sync))
    expect(await world.run(jobWith(since, sync))).toMatchObject(failed('does not reach beyond'))
  })

  it('fails in a backfill that ends behind the answer', async () => {
    answer = threeOf(events(0, 5))
    const job = jobWith(since, incremental({ cursor: atInstant, primaryKey: 'id' }))
    await world.run(job)
    await world.run(job)
    const backfill = { from: minute(0), force: true }

    expect(await world.run(job, { ...backfill, to: minute(2) })).toMatchObject({ outcome: 'succeeded' })
    expect(world.hits().slice(5)).toEqual(['e0', 'e1'])
    expect(await world.run(job, { ...backfill, to: minute(4) })).toMatchObject(
      failed('before the end of the backfill'),
    )
  })
})

it('an empty page of a source that has more pages is not the last one', async () => {
  const pages = [events(0, 3), [], events(3, 6)]
  answer = (query) => {
    const page = Number(query.get('page'))
    return { data: pages[page - 1] ?? [], has_more: page < 3 }
  }
  const job = jobWith({ paginator: pageNumber({ param: 'page' }) }, refresh)

  expect(await world.run(job)).toMatchObject(failed('in its field has_more'))
  expect(world.hits()).toEqual([])
})

describe('a page that comes twice in a slice', () => {
  const bySlice = { every: 'day', timeZone: 'UTC', start: '2026-11-20', cursor: atInstant } as const
  const paged = { paginator: nextToken({ path: 'next', param: 'token' }), clientFilter: true as never }
  beforeEach(() => {
    const pages = [events(0, 3), events(3, 6), events(0, 3)]
    answer = (query) => {
      const page = Number(query.get('token') ?? 0)
      return { data: pages[page], next: page < 2 ? page + 1 : null }
    }
  })

  it('ends the run of a job without a primary key, which would send its records again', async () => {
    expect(await world.run(jobWith(paged, sliced(bySlice)))).toMatchObject(
      failed('a page of 3 records twice'),
    )
    expect(world.hits()).toEqual([])
  })

  it('has repeated records, by their primary key', async () => {
    const job = jobWith(paged, sliced({ ...bySlice, primaryKey: 'id' }))
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', taken: 6, repeated: 3 })
  })

  it('may be a burst of equal events within one instant', async () => {
    answer = (query) => ({ data: [event(0), event(0)], next: query.get('token') ? null : 1 })
    expect(await world.run(jobWith(paged, sliced(bySlice)))).toMatchObject({ outcome: 'succeeded', taken: 4 })
  })
})

it('records beside errors are not taken for all records, and an empty list beside a failure not for none', async () => {
  answer = () => ({ data: events(0, 3), errors: [{ message: 'a shard did not answer' }] })
  expect(await world.run(jobWith({}, refresh))).toMatchObject(failed('in its field errors'))

  answer = () => ({ data: [], success: false })
  expect(await world.run(jobWith({}, refresh))).toMatchObject(failed('in its field success'))
  expect(world.hits()).toEqual([])

  const answers = [{ body: { path: 'success' }, then: 'take' }] as const
  expect(await world.run(jobWith({ answers }, refresh))).toMatchObject({ outcome: 'succeeded', records: 0 })
})
