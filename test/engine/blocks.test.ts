import * as z from 'zod'
import { JobError } from '../../src/errors'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { longestWaitMs } from '../../src/pipeline/settings'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import { scriptedDestination } from '../fixtures/scripted-destination'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'

const good = { id: 'good', at: minute(9), value: 1 }

function worldOf(...records: readonly unknown[]): EngineWorld {
  const world = engineWorld()
  world.feed.records = records
  return world
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}

describe('code and data of the author that fail on one record', () => {
  const bad = { id: 'bad', at: minute(1), value: 13 }
  const thrower = (value: unknown) => {
    if ((value as { value?: unknown }).value === 13) throw new RangeError('thirteen')
    return value
  }
  const row = ({ id, value }: Event) => ({ id, value })

  it.each<[string, Partial<Job>, unknown]>([
    ['map throws', { map: (event) => row(thrower(event) as Event) }, bad],
    [
      'map throws no error',
      {
        map: (event) => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- an author may
          if ((event as Event).value === 13) throw 'thirteen'
          return row(event as Event)
        },
      },
      bad,
    ],
    [
      'map returns nothing',
      { map: (event) => ((event as Event).value === 13 ? undefined : row(event as Event)) },
      bad,
    ],
    ['the schema throws', { record: Event.transform((event) => thrower(event)) }, bad],
    [
      'the schema is asynchronous',
      { record: Event.refine((event) => event.value !== 13 || Promise.resolve(true)) },
      bad,
    ],
    ['a cursor is absent', {}, { id: 'bad' }],
    ['a cursor is an object', { record: z.looseObject({ id: z.string() }) }, { id: 'bad', at: { time: 1 } }],
    [
      'a primary key is absent',
      {
        record: z.looseObject({ at: z.string() }),
        sync: incremental({ cursor: atInstant, primaryKey: 'id' }),
      },
      { at: minute(1) },
    ],
    ['it is null', {}, null],
    ['it is a text', {}, 'bad'],
    ['it is a list', {}, [[]]],
    ['it is nested 5,000 deep', {}, { ...bad, value: nested(5_000) }],
    ['it is nested 100,000 deep', { record: z.looseObject(Event.shape) }, { ...bad, extra: nested(100_000) }],
    [
      'its name is that of a prototype',
      { record: z.looseObject({ id: z.string() }) },
      JSON.parse('{"id":"bad","__proto__":{"at":"2026-11-20T00:01:00Z"}}'),
    ],
  ])('reject it where %s, and every other record is sent', async (_, changes, record) => {
    const world = worldOf(record, good)
    const job = jobOf(world, { map: (event) => row(event as Event), ...changes })

    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rejects: 1, rows: 1 })
    world.feed.records = [record, good, { id: 'next', at: minute(10) }]
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rejects: 0, rows: 1 })
    expect(world.hits()).toEqual(['good=1', 'next'])
  })
})

describe('a wait that the destination asks for', () => {
  it.each(['keyed', 'named', 'upsert'] as const)(
    '(%s) ends after an hour, however long it asks',
    async (kind) => {
      const world = worldOf(good)
      const job = jobOf(world, { destination: scriptedDestination(world.list, kind as 'keyed') })
      world.list.fates.push({ kind: 'throttled', retryAfterMs: 86_400_000_000 })
      expect(await world.run(job)).toMatchObject({ outcome: 'partial', reason: 'waiting' })
      await world.pass(longestWaitMs)
      await world.run(job)

      expect(world.hits()).toEqual(['good=1'])
    },
  )
})

describe('the end of the activation', () => {
  const many = Array.from({ length: 40 }, (_, id) => ({ id: `e${id}`, at: minute(id) }))

  it.each<[string, Job['sync'], 'keyed' | 'upsert']>([
    ['an incremental job', incremental({ cursor: atInstant }), 'keyed'],
    [
      'a sliced job',
      sliced({ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-19' }),
      'keyed',
    ],
    ['an upsert job', incremental({ cursor: atInstant }), 'upsert'],
  ])('comes for %s whose outbox is full, and later runs do the rest', async (_, sync, kind) => {
    const world = engineWorld({ outboxLimit: 2 })
    world.feed.records = many
    world.list.partitionIntervalMs = minuteMs
    world.activationMs = 5 * minuteMs
    const destination = scriptedDestination(world.list, kind as 'keyed')
    const job = jobOf(world, { sync, destination })
    let invocations = 0
    world.invokeSelf = () => {
      invocations += 1
      return Promise.resolve()
    }
    const startedAt = world.clock.now()
    const report = await world.run(job)
    expect(world.clock.now() - startedAt).toBeLessThanOrEqual(world.activationMs)
    expect(report).toMatchObject({ outcome: 'partial', reason: 'deadline' })
    expect(invocations).toBe(1)

    for (let runs = 0; world.reports.at(-1)?.outcome !== 'succeeded' && runs < 40; runs += 1)
      await world.run(job)
    expect(new Set(world.hits()).size).toBe(40)
    expect(world.hits()).toHaveLength(40)
  })

  it('comes while every batch that is left waits for the destination', async () => {
    const world = worldOf(good)
    const job = jobOf(world, { destination: scriptedDestination(world.list, 'named') })
    for (let polls = 0; polls < 100; polls += 1) world.list.polls.push({ kind: 'processing' })
    const report = await world.run(job)

    expect(report).toMatchObject({ outcome: 'partial', reason: 'waiting', pending: 1 })
  })
})

describe('many partitions at one request a second', () => {
  it('all get their turn', async () => {
    const world = engineWorld()
    const partitions = 100
    world.list.partitions = partitions
    world.list.batchRows = 1
    world.feed.pageSize = 1_000
    world.feed.records = Array.from({ length: 3 * partitions }, (_, id) => ({
      ...{ id: `e${id}`, at: minute(Math.floor(id / partitions)), visitor: id % partitions },
    }))
    world.activationMs = 2 * partitions * 1_000 + 100_000
    await world.run(jobOf(world, { sync: incremental({ cursor: atInstant }) }))

    const sent = new Map<string, number>()
    for (const { partition } of world.list.stored) sent.set(partition, (sent.get(partition) ?? 0) + 1)
    expect(sent.size).toBe(partitions)
    expect(Math.max(...sent.values()) - Math.min(...sent.values())).toBeLessThanOrEqual(1)
  })
})

describe('a temporary failure', () => {
  it.each(['source-unreachable', 'source-refused', 'source-malformed', 'token-unavailable'] as const)(
    'of the source (%s) blocks nothing once it has passed',
    async (code) => {
      const world = worldOf(good)
      world.feed.error = new JobError(code, 'It failed.', 'Try again.')
      expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'failed', error: { code } })
      world.feed.error = null
      expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'succeeded', rows: 1 })
    },
  )

  it('of the store fails the run, and the next run carries on', async () => {
    const world = worldOf(good)
    let outage = false
    world.fault = ({ kind, path }) => {
      outage ||= kind === 'write' && path.endsWith('.txt')
      return outage ? 'lost-before' : 'ok'
    }
    const report = await world.run(jobOf(world))
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'store-unreachable' } })
    world.fault = () => 'ok'
    await world.pass(hourMs)
    expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'succeeded', rows: 1 })
    expect(world.hits()).toEqual(['good=1'])
  })
})
