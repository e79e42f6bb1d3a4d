import * as z from 'zod'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { join } from '../../src/definition/join'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute } from '../fixtures/engine-world'
import { createFeed, scriptedSource } from '../fixtures/scripted-source'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'
import type { Feed } from '../fixtures/scripted-source'

const Campaign = z.object({ name: z.string() })
const Joined = Event.extend({ campaign: Campaign.nullable() })

let world: EngineWorld
/** The second source. */
let campaigns: Feed
beforeEach(() => {
  world = engineWorld()
  campaigns = createFeed([
    { id: 1, name: 'spring' },
    { id: '2', name: 'summer' },
  ])
})

const event = (id: string, campaignId?: unknown, more: object = {}) => ({
  ...{ id, at: minute(1), campaignId },
  ...more,
})

/** Its rows are called `<id>:<name of the campaign>`. */
function jobWith(options: Partial<Parameters<typeof join>[0]> = {}, changes: Partial<Job> = {}): Job {
  return jobOf(world, {
    joins: {
      campaign: join({
        ...{ source: scriptedSource(campaigns), key: 'id', by: 'campaignId', fields: ['name'] },
        whenUnmatched: 'null',
        ...options,
      }),
    },
    record: Joined.extend({ campaignId: z.unknown() }),
    map: (record) => {
      const { id, at, campaign } = record as z.infer<typeof Joined>
      return { id: `${id}:${campaign?.name ?? 'none'}`, at: Date.parse(at) / 1000 }
    },
    ...changes,
  })
}

const refresh = (onChange?: 'reject') =>
  fullRefresh({ primaryKey: 'id', ...(onChange ? { onChange } : {}) }) as Job['sync']
const failed = { outcome: 'failed', error: { code: 'join-unusable' } }

describe('a record with a join', () => {
  it('gets the fields of its match, by number or text, and null without one', async () => {
    world.feed.records = [event('a', '1'), event('b', 2), event('c', 3), event('d'), event('e', null)]

    await world.run(jobWith())

    expect(world.hits()).toEqual(['a:spring', 'b:summer', 'c:none', 'd:none', 'e:none'])
  })

  it('is a reject without a match where the job says so, and is sent once the second source has it', async () => {
    world.feed.records = [event('a', 1), event('b', 3)]
    const job = jobWith({ whenUnmatched: 'reject' }, { sync: refresh() })
    expect(await world.run(job)).toMatchObject({ rejectsByReason: { 'join-unmatched': 1 }, rows: 1 })
    campaigns.records = [...campaigns.records, { id: 3, name: 'autumn' }]

    expect(await world.run(job)).toMatchObject({ healed: 1, repeated: 1 })
    await world.run(job)
    expect(world.hits()).toEqual(['a:spring', 'b:autumn'])
  })

  it('is sent by a replay with the fields that the second source has by then', async () => {
    world.feed.records = [event('b', 3), event('a', 1, { at: minute(2) })]
    const job = jobWith({ whenUnmatched: 'reject' })
    await world.run(job)
    campaigns.records = [...campaigns.records, { id: 3, name: 'autumn' }]

    await world.run(job, { resolve: 'rejects', as: 'resend' })
    expect(world.hits()).toEqual(['a:spring', 'b:autumn'])
  })

  it.each([[{ nested: true }], [2 ** 53], [1.5], [true]])(
    'is a reject with the key %j, which cannot be compared, also where one without a match gets null',
    async (key) => {
      world.feed.records = [event('a', 1), event('b', key)]

      expect(await world.run(jobWith())).toMatchObject({ rejectsByReason: { 'join-unmatched': 1 } })
    },
  )

  it('does not differ from its schema because of the joined fields', async () => {
    world.feed.records = [event('a', 1), event('b', 3)]

    const report = await world.run(jobWith({ whenUnmatched: 'reject' }, { drift: 'fail' }))
    expect(report).toMatchObject({ outcome: 'succeeded', rows: 1 })
  })

  it('that has a field of the name of the join already ends the run', async () => {
    world.feed.records = [event('a', 1, { campaign: 'its own' })]

    expect(await world.run(jobWith())).toMatchObject(failed)
    expect(world.hits()).toEqual([])
  })

  it('has the joined fields in a dry run as well', async () => {
    world.feed.records = [event('a', 1)]

    expect(await world.dryRun(jobWith())).toMatchObject({ sample: { rows: ['a:spring\n'] } })
  })
})

describe('a change in the second source', () => {
  const Renamed = Joined.extend({ campaignId: z.unknown() }).transform(({ campaign, ...rest }) => ({
    ...rest,
    label: campaign?.name ?? 'none',
  }))
  const renamed = {
    record: Renamed,
    map: (record: unknown) => {
      const { id, label, at } = record as z.infer<typeof Renamed>
      return { id: `${id}:${label}`, at: Date.parse(at) / 1000 }
    },
  }

  it('makes no event at the cursor new, even where the schema moves the joined fields and the source adds others', async () => {
    world.feed.records = [event('a', 1), event('a', 1)]
    const job = jobWith({}, renamed)
    await world.run(job)
    campaigns.records = [{ id: 1, name: 'renamed' }]
    world.feed.records = world.feed.records.map((record) => ({ ...(record as object), added: 'later' }))

    expect(await world.run(job)).toMatchObject({ rows: 0, repeated: 2 })
    expect(world.hits()).toEqual(['a:spring', 'a:spring'])
  })

  it('changes no record of a refresh, and a change of the record itself does', async () => {
    world.feed.records = [event('a', 1), event('b', 2)]
    const job = jobWith({}, { sync: refresh('reject') })
    await world.run(job)
    campaigns.records = [
      { id: 1, name: 'renamed' },
      { id: 2, name: 'summer' },
    ]
    world.feed.records = [event('a', 1), event('b', 1)]

    expect(await world.run(job)).toMatchObject({ repeated: 1, rejectsByReason: { changed: 1 } })
  })

  it('changes those that match where the job declares it', async () => {
    world.feed.records = [event('a', 1), event('b', 2)]
    const job = jobWith({ changesRecords: true }, { sync: refresh('reject') })
    await world.run(job)
    campaigns.records = [
      { id: 1, name: 'renamed' },
      { id: 2, name: 'summer' },
    ]

    expect(await world.run(job)).toMatchObject({ repeated: 1, rejectsByReason: { changed: 1 } })
  })

  it('does not resend what was sent before the job got the join', async () => {
    world.feed.records = [event('a', 1), event('b', 2)]
    await world.run(jobOf(world))

    expect(await world.run(jobWith())).toMatchObject({ rows: 0, repeated: 2 })
  })
})

describe('the second source of a join', () => {
  it('is read once a run, whatever the number of slices', async () => {
    world.feed.records = [event('a', 1), event('b', 2, { at: minute(70) })]
    const sync = sliced({ every: 'hour', timeZone: 'UTC', start: minute(0), cursor: atInstant })
    const job = jobWith({}, { sync: { ...sync, slicesPerRun: 3 } })
    await world.run(job)
    expect(world.feed.asked.length).toBe(3)
    expect(campaigns.asked).toMatchObject([{ mode: 'full-refresh' }])

    await world.pass(hourMs)
    await world.run(job)
    expect(campaigns.asked).toHaveLength(2)
  })

  it.each([
    [
      'two records of one key',
      [
        { id: 1, name: 'a' },
        { id: '1', name: 'b' },
      ],
      'has the key of record 2 twice',
    ],
    ['no records', [], 'has no records'],
    [
      'a record without a key',
      [{ id: 1, name: 'a' }, { name: 'b' }],
      'has no text or number at "id" in record 2',
    ],
    ['a field in none of its records', [{ id: 1 }, { id: 2 }], 'has the field "name" in none of its records'],
    [
      'more records than its limit',
      [1, 2, 3, 4].map((id) => ({ id, name: 'a' })),
      'larger than 3 records (limits.records)',
    ],
    [
      'more bytes than its limit',
      [{ id: 1, name: 'é'.repeat(60_000) }],
      'larger than 0.1 MB (limits.megabytes)',
    ],
  ])('ends the run with %s, and nothing is sent', async (_what, records, message) => {
    world.feed.records = [event('a', 1)]
    campaigns.records = records

    const report = await world.run(jobWith({ limits: { records: 3, megabytes: 0.1 } }))

    expect(report).toMatchObject(failed)
    expect(report.error?.message).toContain(message)
    expect(world.hits()).toEqual([])
    expect(world.stateOf(jobWith()).cursor).toBeNull()
  })

  it('may have as many records as its limit', async () => {
    world.feed.records = [event('a', 1)]

    expect(await world.run(jobWith({ limits: { records: 2 } }))).toMatchObject({ outcome: 'succeeded' })
  })

  it('ends the run where it cannot be read, and a later run sends the record once', async () => {
    world.feed.records = [event('a', 1)]
    const job = jobWith({}, { sync: incremental({ cursor: atInstant }) })
    campaigns.pages = () => [{ records: [{ name: 'no key' }] }]
    await world.run(job)
    campaigns.pages = null

    await world.run(job)
    expect(world.hits()).toEqual(['a:spring'])
  })
})
