import * as z from 'zod'
import { startEmulator } from '../../emulators/emulator'
import { input } from '../../src/inputs'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { offset } from '../../src/sources/paginators/offset'
import { nextToken } from '../../src/sources/paginators/next-token'
import { restSource } from '../../src/sources/rest/rest-source'
import { atInstant, engineWorld, jobOf, minute } from '../fixtures/engine-world'
import { sourceContext } from '../fixtures/source-context'
import { loopbackHttp as http } from '../fixtures/loopback-http'
import type { Emulator, Reply } from '../../emulators/emulator'
import type { HttpClient } from '../../src/http/http-client'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'
import type { RestSource } from '../../src/sources/rest/rest-options'

const event = (id: number) => ({ id: `e${id}`, at: minute(id) })
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => event(from + at))
const Event = z.object({ id: z.string(), at: z.string() })
const page = (data: readonly unknown[], more: object = {}): Reply => ({
  status: 200,
  body: { data, ...more },
})

let server: Emulator
let world: EngineWorld
/** The answer to each offset or token. */
let answer: (skip: number) => Reply
beforeEach(async () => {
  world = engineWorld()
  server = await startEmulator(({ url }) =>
    answer(Number(new URL(url, 'http://x').searchParams.get('skip') ?? 0)),
  )
})
afterEach(() => server.stop())

/** The whole engine behind a real HTTP source. */
function jobWith(definition: Partial<RestSource>, sync: Job['sync']): Job {
  const rest = {
    baseUrl: input('API_BASE_URL'),
    path: '/events',
    records: 'data',
    sinceParam: 'since',
    ...definition,
  }
  const source = restSource(rest as unknown as RestSource)
  const held: HttpClient = (request) => world.clock.during(() => http(request))
  const open = () => source.open(sourceContext({ inputs: { API_BASE_URL: server.url }, http: held }))
  return jobOf(world, { record: Event, sync, source: { ...source, open } })
}

const counted = (total?: string) => ({ paginator: offset({ param: 'skip', ...(total ? { total } : {}) }) })
const refresh = fullRefresh({ primaryKey: 'id' })
const failed = (code: string) => ({ outcome: 'failed', error: { code } })

it('records that are repeated on another page are recognised by their primary key', async () => {
  const pages = [events(0, 3), events(3, 6), [event(0), event(6), event(1)], [event(7), event(6), event(0)]]
  answer = (skip) => page(pages[Math.floor(skip / 3)] ?? [])

  expect(await world.run(jobWith(counted(), refresh))).toMatchObject({ taken: 8, repeated: 4 })
  expect(new Set(world.hits()).size).toBe(8)
})

it('a server that sends the same page for ever ends the run, and nothing is sent', async () => {
  answer = () => page(events(0, 3))

  expect(await world.run(jobWith(counted(), refresh))).toMatchObject(failed('source-malformed'))
  expect(world.hits()).toEqual([])
})

it('a page that is left out is noticed by the announced total, and nothing is sent', async () => {
  answer = (skip) => page(skip === 0 ? events(0, 3) : skip === 3 ? events(6, 8) : [], { total: 8 })

  expect(await world.run(jobWith(counted('total'), refresh))).toMatchObject(failed('source-malformed'))
  expect(world.hits()).toEqual([])
})

it('pages in another order than that of their cursors end the run, and nothing behind the cursor is lost', async () => {
  const pages = [events(0, 3), events(6, 8), events(3, 6)]
  answer = (skip) => page(pages[skip] ?? [], { next: skip < 2 ? skip + 1 : null })
  const job = jobWith(
    { paginator: nextToken({ path: 'next', param: 'skip' }) },
    incremental({ cursor: atInstant }),
  )
  expect(await world.run(job)).toMatchObject(failed('source-order'))

  pages.splice(0, 3, events(0, 3), events(3, 6), events(6, 8))
  await world.run(job)
  expect(world.hits()).toHaveLength(8)
})

it('an error with the status 200 is not taken for an empty page', async () => {
  answer = () => ({ status: 200, body: { error: 'quota' } })

  expect(await world.run(jobWith(counted(), refresh))).toMatchObject(failed('source-malformed'))
})

it('a page size that changes during the read loses and doubles nothing', async () => {
  answer = (skip) => page(events(skip, Math.min(10, skip + (skip % 2 === 0 ? 3 : 1))))

  expect(await world.run(jobWith(counted(), refresh))).toMatchObject({ taken: 10, repeated: 0 })
})

it('records that are added in front while pages are read are taken once, in this read or the next', async () => {
  let stored = events(3, 9)
  answer = (skip) => {
    const found = stored.slice(skip, skip + 3)
    if (skip === 0) stored = [...events(0, 2), ...stored]
    return page(found)
  }
  const job = jobWith(counted(), refresh)
  expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', taken: 6, repeated: 2 })

  await world.run(job)
  expect(new Set(world.hits()).size).toBe(8)
  expect(world.hits()).toHaveLength(8)
})

describe('a record that is deleted while counted pages are read moves another one to a page that was read', () => {
  let stored: readonly ReturnType<typeof event>[]
  beforeEach(() => {
    stored = events(0, 9)
    answer = (skip) => {
      const [found, total] = [stored.slice(skip, skip + 3), stored.length]
      if (skip === 0) stored = stored.filter(({ id }) => id !== 'e1')
      return page(found, { total })
    }
  })

  it('and the next refresh takes it, once', async () => {
    const job = jobWith(counted(), refresh)
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', taken: 8 })
    expect(world.hits()).not.toContain('e3')

    expect(await world.run(job)).toMatchObject({ taken: 1, repeated: 7 })
    expect(world.hits()).toHaveLength(9)
    expect(new Set(world.hits()).size).toBe(9)
  })

  it('and a total that was announced before shows it, although the last one fits', async () => {
    const job = jobWith(counted('total'), refresh)
    expect(await world.run(job)).toMatchObject(failed('source-malformed'))
    expect(world.hits()).toEqual([])

    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', taken: 8 })
  })

  it('and a lookback of an incremental job takes it', async () => {
    const sync = incremental({ cursor: atInstant, primaryKey: 'id', lookback: { days: 1 } })
    const job = jobWith(counted(), sync)
    await world.run(job)
    expect(world.hits()).not.toContain('e3')

    expect(await world.run(job)).toMatchObject({ taken: 1 })
    expect(world.hits()).toHaveLength(9)
  })
})
