import * as z from 'zod'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute, rowOf } from '../fixtures/engine-world'
import { inPages, scriptedSource } from '../fixtures/scripted-source'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'

/** The schema before its author mended it. */
const Strict = Event.extend({ value: z.number() })

const resendRejects = { resolve: 'rejects', as: 'resend' } as const

function worldOf(...records: readonly unknown[]): EngineWorld {
  const world = engineWorld()
  world.feed.records = records
  return world
}

const good = { id: 'good', at: minute(1), value: 1 }
const bad = { id: 'bad', at: minute(2) }

describe('rejects at the end of a feed', () => {
  describe.each([
    ['without a primary key', {}],
    ['with a primary key', { primaryKey: 'id' as const }],
  ])('%s', (_, key) => {
    const jobsIn = (world: EngineWorld) => {
      const sync = incremental({ cursor: atInstant, ...key })
      return { strict: jobOf(world, { sync, record: Strict }), mended: jobOf(world, { sync }) }
    }

    it('are sent once where the next run heals them after the schema was corrected, and a replay follows', async () => {
      const world = worldOf(good, bad)
      const { strict, mended } = jobsIn(world)
      await world.run(strict)
      expect(await world.run(mended)).toMatchObject({ outcome: 'succeeded', healed: 1, rows: 1 })

      expect(await world.run(mended, resendRejects)).toMatchObject({
        outcome: 'failed',
        error: { code: 'params-invalid', message: 'There are no open rejects.' },
      })
      expect(world.hits()).toEqual(['good=1', 'bad'])
    })

    it('are sent once where a replay comes before the next run', async () => {
      const world = worldOf(good, bad)
      const { strict, mended } = jobsIn(world)
      await world.run(strict)
      expect(await world.run(mended, resendRejects)).toMatchObject({ outcome: 'succeeded', healed: 1 })
      await world.run(mended)
      await world.run(mended)

      expect(world.hits()).toEqual(['good=1', 'bad'])
    })

    it('are sent once where a run is killed right after it has sent them', async () => {
      const world = worldOf(good, bad)
      const { strict, mended } = jobsIn(world)
      await world.run(strict)
      await world.kill(mended, ({ kind }) => kind === 'delete' && world.hits().length === 2, resendRejects)
      await world.pass(hourMs)
      await world.run(mended)
      await world.run(mended)

      expect(world.hits()).toEqual(['good=1', 'bad'])
    })
  })

  it('that equal each other are as many events as there are', async () => {
    const world = worldOf(good, bad, bad)
    await world.run(jobOf(world, { record: Strict }))
    await world.run(jobOf(world), resendRejects)
    await world.run(jobOf(world))

    expect(world.hits()).toEqual(['good=1', 'bad', 'bad'])
  })

  it('that were dropped are not sent by the next run, except one with changed content', async () => {
    const world = worldOf(good, bad)
    const sync = incremental({ cursor: atInstant, primaryKey: 'id' })
    await world.run(jobOf(world, { sync, record: Strict }))
    await world.run(jobOf(world, { sync, record: Strict }), { resolve: 'rejects', as: 'drop' })
    expect(await world.run(jobOf(world, { sync }))).toMatchObject({ repeated: 1, rows: 0 })

    world.feed.records = [good, { ...bad, value: 2 }]
    await world.run(jobOf(world, { sync }))
    expect(world.hits()).toEqual(['good=1', 'bad=2'])
  })
})

describe('a reject whose cursor could not be read, and now can', () => {
  const unreadable = { id: 'bad', at: 'Nov 20, 2026, 00:02 UTC' }
  const Mended = Event.transform(({ at, ...event }) => ({ ...event, at: new Date(at).toISOString() }))
  const orders = ['resend first', 'next run first', 'killed in between'] as const
  const syncs: readonly [string, Job['sync']][] = [
    ['without a primary key', incremental({ cursor: atInstant })],
    ['with a primary key', incremental({ cursor: atInstant, primaryKey: 'id' })],
    ['with a lookback', incremental({ cursor: atInstant, primaryKey: 'id', lookback: { minutes: 1 } })],
  ]
  const feeds: readonly [string, readonly unknown[]][] = [
    ['behind the cursor', [good, unreadable, { id: 'last', at: minute(3), value: 3 }]],
    ['at the cursor', [good, { id: 'last', at: minute(2), value: 3 }, unreadable]],
    [
      'before the cursor',
      [
        { ...unreadable, at: 'Nov 20, 2026, 00:01 UTC' },
        { ...good, at: minute(9) },
      ],
    ],
    ['at the end', [good, unreadable]],
    ['twice at the end', [good, unreadable, { ...unreadable, id: 'bad2' }]],
  ]

  it.each(
    syncs.flatMap(([key, sync]) =>
      feeds.flatMap(([where, records]) => orders.map((order) => ({ key, where, order, sync, records }))),
    ),
  )('($where, $key, $order) is sent once', async ({ sync, records, order }) => {
    const world = worldOf(...records)
    const before = jobOf(world, { sync })
    const mended = jobOf(world, { sync, record: Mended, map: (event) => rowOf(event as Event) })
    await world.run(before)
    if (order === 'next run first') await world.run(mended)
    if (order === 'killed in between') {
      const dies = ({ kind, path }: { kind: string; path: string }) =>
        kind === 'write' && path.endsWith('state.json') && world.feed.asked.length > 1
      await world.kill(mended, dies, resendRejects)
      await world.pass(hourMs)
    } else await world.run(mended, resendRejects)
    await world.run(mended)
    world.feed.records = [...records, { id: 'next', at: minute(11) }]
    await world.run(mended)
    await world.run(mended)

    expect([...world.hits()].sort()).toEqual(
      world.feed.records
        .map((record) => {
          const { id, value } = record as Event
          return value === undefined ? id : `${id}=${value}`
        })
        .sort(),
    )
  })
})

describe('a window that is read again', () => {
  const sync = incremental({ cursor: atInstant, primaryKey: 'id', lookback: { hours: 1 } })

  it('keeps one reject of a record, and a replay sends it once', async () => {
    const world = worldOf(bad, { ...good, at: minute(3) })
    for (let run = 0; run < 3; run += 1) await world.run(jobOf(world, { sync, record: Strict }))
    expect(world.reports.map(({ rejects, repeated }) => [rejects, repeated])).toEqual([
      [1, 0],
      [0, 2],
      [0, 2],
    ])

    expect(await world.run(jobOf(world, { sync }), resendRejects)).toMatchObject({ healed: 1 })
    await world.run(jobOf(world, { sync }))
    expect(world.hits()).toEqual(['good=1', 'bad'])
  })

  it('sends the newest copy of a rejected record that changes meanwhile', async () => {
    const world = worldOf(bad, { ...good, at: minute(3) })
    const strict = jobOf(world, { sync, record: Event.extend({ value: z.literal(1) }) })
    await world.run(strict)
    world.feed.records = [
      { ...bad, value: 7 },
      { ...good, at: minute(3) },
    ]
    await world.run(strict)
    await world.run(jobOf(world, { sync }), resendRejects)

    expect(world.hits()).toEqual(['good=1', 'bad=7'])
  })
})

describe('a backfill', () => {
  const key = { cursor: atInstant, primaryKey: 'id' as const }
  const records = [0, 30, 60, 90, 120, 150].map((at) => ({ id: `e${at}`, at: minute(at) }))

  it.each<[string, Job['sync']]>([
    ['incremental', incremental({ ...key, lookback: { hours: 2 } })],
    [
      'sliced',
      sliced({ ...key, every: 'hour', timeZone: 'UTC', start: '2026-11-20', lookback: { hours: 2 } }),
    ],
  ])('of an %s job with a lookback reads its own range alone', async (_, sync) => {
    const world = worldOf(...records)
    const job = jobOf(world, { sync })
    await world.run(job)
    const range = { from: minute(60), to: minute(120) }
    expect(await world.run(job, range)).toMatchObject({
      error: { code: 'params-invalid', message: expect.stringMatching(/was read before/) as string },
    })
    expect(world.hits()).toHaveLength(6)

    expect(await world.run(job, { ...range, force: true })).toMatchObject({ outcome: 'succeeded', rows: 2 })
    expect(world.hits().slice(6)).toEqual(['e60', 'e90'])
  })

  it.each<[string, { primaryKey?: 'id' }]>([
    ['without a primary key', {}],
    ['with a primary key', { primaryKey: 'id' }],
  ])(
    'by force (%s) sends nothing twice when it is killed between two records of one instant',
    async (_, primary) => {
      const tied = [10, 20, 20, 20, 30].map((at, index) => ({ id: `e${index}`, at: minute(at) }))
      const world = worldOf(...tied)
      world.feed.pageSize = 2
      world.list.batchRows = 2
      const job = jobOf(world, { sync: incremental({ cursor: atInstant, ...primary }) })
      await world.run(job)

      const hasBegun = () =>
        world.stateOf(job).backfills.some((open) => 'cursor' in open && open.cursor !== null)
      const range = { force: true, from: minute(0), to: minute(30) }
      await world.kill(
        job,
        ({ kind, path }) => kind === 'write' && path.endsWith('.txt') && hasBegun(),
        range,
      )
      await world.pass(hourMs)
      await world.run(job)

      expect(world.stateOf(job).backfills).toEqual([])
      expect(world.hits().slice(5)).toEqual(['e0', 'e1', 'e2', 'e3'])
    },
  )

  it('without force sends only those records of a skipped slice that were never sent', async () => {
    const world = worldOf(...records)
    const sync = sliced({ ...key, every: 'hour', timeZone: 'UTC', start: '2026-11-20' })
    const job = jobOf(world, { sync })
    const broken = jobOf(world, {
      sync,
      source: scriptedSource({ ...world.feed, pages: () => [{ records: [records[5]] }] }),
    })
    expect(await world.run(broken)).toMatchObject({ error: { code: 'source-outside-slice' } })
    await world.run(job, { resolve: 'slice-20261120T000000Z', as: 'drop' })
    expect(world.hits()).toEqual(['e60', 'e90', 'e120', 'e150'])

    await world.run(job, { from: minute(0), to: minute(60) })
    expect(world.hits().slice(4)).toEqual(['e0', 'e30'])
    expect(await world.run(job, { from: minute(0), to: minute(120) })).toMatchObject({ outcome: 'failed' })
  })
})

describe('a job whose definition identifies records in another way than before', () => {
  const records = [good, { id: 'next', at: minute(3) }]
  const start = { every: 'hour', timeZone: 'UTC', start: '2026-11-20' } as const
  const key = { cursor: atInstant, primaryKey: 'id' as const }
  const before = incremental({ cursor: atInstant })

  it.each<[string, Job['sync'], Job['sync']]>([
    ['incremental, then sliced', before, sliced({ ...start, cursor: atInstant })],
    ['sliced, then incremental', sliced({ ...start, cursor: atInstant }), before],
    ['without a primary key, then with one', before, incremental(key)],
    ['with a primary key, then without', incremental(key), before],
    ['without a lookback, then with one', incremental(key), incremental({ ...key, lookback: { days: 30 } })],
    ['incremental, then read whole', incremental(key), fullRefresh({ primaryKey: 'id' })],
    [
      'of one key, then of two',
      incremental(key),
      incremental({ cursor: atInstant, primaryKey: ['id', 'at'] }),
    ],
  ])(
    '(%s) sends no record again, and continues from the place that a person states',
    async (_, first, second) => {
      const world = worldOf(...records)
      await world.run(jobOf(world, { sync: first }))
      const sent = world.hits().length

      const changed = await world.run(jobOf(world, { sync: second }))
      expect(changed).toMatchObject({ outcome: 'failed', records: 0, error: { code: 'definition-changed' } })
      expect(changed.error?.remedy).toContain('resolve=definition as=continue')
      expect(world.hits()).toHaveLength(sent)

      expect(await world.run(jobOf(world, { sync: first }))).toMatchObject({ rows: 0 })
    },
  )

  it('reads nothing before the instant from which it goes on, whatever its lookback', async () => {
    const world = worldOf(...records)
    await world.run(jobOf(world, { sync: incremental(key) }))
    const longer = jobOf(world, { sync: incremental({ ...key, lookback: { days: 30 } }) })
    world.feed.records = [...records, { id: 'later', at: minute(4) }]
    const report = await world.run(longer, { resolve: 'definition', as: 'continue', from: minute(3) })

    expect(report).toMatchObject({ outcome: 'succeeded', rows: 1 })
    await world.run(longer)
    expect(world.hits()).toEqual(['good=1', 'next', 'later'])
  })
})

describe('a job that is continued from before its cursor', () => {
  it.each([
    ['with a primary key', incremental({ cursor: atInstant, primaryKey: 'id' })],
    ['with a lookback', incremental({ cursor: atInstant, primaryKey: 'id', lookback: { hours: 1 } })],
  ])('(%s) recognises the records in its memory, also when they are read once more', async (_, sync) => {
    const world = worldOf(...['a', 'b', 'c'].map((id, at) => ({ id, at: minute(at) })))
    await world.run(jobOf(world, { sync }))
    const raised = jobOf(world, { sync, source: scriptedSource(world.feed, { version: 2 }) })
    const report = await world.run(raised, { resolve: 'definition', as: 'continue', from: minute(1) })
    expect(report.notes.join()).toContain('count twice where they are not recognised')
    await world.run(raised)
    await world.run(raised)

    const remembers = 'lookback' in sync && sync.lookback !== null
    expect(world.hits()).toEqual(!remembers ? ['a', 'b', 'c', 'b'] : ['a', 'b', 'c'])
  })
})

describe('a source that varies a field', () => {
  it.each<[string, Job['sync']]>([
    ['without a primary key', incremental({ cursor: atInstant })],
    ['with a primary key', incremental({ cursor: atInstant, primaryKey: 'id' })],
    ['with a lookback', incremental({ cursor: atInstant, primaryKey: 'id', lookback: { days: 1 } })],
    [
      'with a lookback in slices',
      sliced({
        ...{ cursor: atInstant, primaryKey: 'id', lookback: { days: 1 } },
        ...{ every: 'hour', timeZone: 'UTC', start: '2026-11-20' },
      }),
    ],
    ['read whole', fullRefresh({ primaryKey: 'id' })],
  ])('(%s) has its records sent once', async (_, sync) => {
    const world = worldOf()
    for (let run = 0; run < 4; run += 1) {
      world.feed.records = [good, { ...good, id: 'tie' }, { ...good, id: 'tie' }].map((record, index) => ({
        ...record,
        id: `${record.id}${sync.primaryKey ? index : ''}`,
        ...(run > 0 ? { servedBy: `host-${run}`, etag: Math.sin(run) } : {}),
      }))
      await world.run(jobOf(world, { sync }))
    }
    expect(world.hits()).toHaveLength(3)
  })

  it('has its invalid records rejected once, and sent once by a corrected schema', async () => {
    const world = worldOf()
    const varying = (run: number) => [good, { ...bad, servedBy: `host-${run}` }]
    for (let run = 0; run < 3; run += 1) {
      world.feed.records = varying(run)
      await world.run(jobOf(world, { record: Strict }))
    }
    expect(world.reports.map(({ rejects }) => rejects)).toEqual([1, 0, 0])

    world.feed.records = varying(3)
    await world.run(jobOf(world))
    await world.run(jobOf(world), resendRejects)
    await world.run(jobOf(world))
    expect(world.hits()).toEqual(['good=1', 'bad'])
  })

  it('has a record that was sent recognised while a stricter schema refuses it, and after that', async () => {
    const world = worldOf()
    const varying = (run: number) => [good, { ...bad, servedBy: `host-${run}` }]
    for (const [run, options] of [{}, { record: Strict }, { record: Strict }, {}].entries()) {
      world.feed.records = varying(run)
      await world.run(jobOf(world, options))
    }
    await world.run(jobOf(world), resendRejects)
    expect(world.hits()).toEqual(['good=1', 'bad'])
    expect(world.reports.map(({ rejects }) => rejects)).toEqual([0, 0, 0, 0, 0])
  })
})

describe('pages that overlap', () => {
  const records = [0, 1, 2, 3, 4].map((at) => ({ id: `e${at}`, at: minute(at) }))
  const overlapping = [records.slice(0, 3), records.slice(1, 4), records.slice(2), records.slice(3)]

  it.each<[string, Job['sync']]>([
    ['an incremental job', incremental({ cursor: atInstant, primaryKey: 'id' })],
    ['a job with a lookback', incremental({ cursor: atInstant, primaryKey: 'id', lookback: { minutes: 2 } })],
    [
      'a sliced job',
      sliced({
        cursor: atInstant,
        primaryKey: 'id',
        every: 'hour',
        timeZone: 'UTC',
        start: '2026-11-20',
      }),
    ],
    ['a full refresh', fullRefresh({ primaryKey: 'id' })],
  ])('send no record twice in %s', async (_, sync) => {
    const world = worldOf()
    world.feed.pages = (request) =>
      request.mode === 'sliced' && Date.parse(request.range.from) > Date.parse(minute(0))
        ? []
        : overlapping.map((page) => ({ records: page }))
    const source = scriptedSource(world.feed, { capabilities: ['since', 'range'], paging: 'shifting' })
    await world.run(jobOf(world, { sync, source }))
    await world.run(jobOf(world, { sync, source }))

    expect(world.hits()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4'])
  })

  it('need a primary key, by which the repeats are recognised', async () => {
    const world = worldOf(...records)
    const source = scriptedSource(world.feed, { capabilities: ['since', 'range'], paging: 'shifting' })
    await expect(world.run(jobOf(world, { source }))).rejects.toMatchObject({
      code: 'job-invalid',
      message: expect.stringMatching(/pages of this source may overlap/) as string,
    })
  })

  it('are an error where the source declares that they do not overlap', async () => {
    const world = worldOf()
    world.feed.pages = () => overlapping.map((page) => ({ records: page }))

    expect(await world.run(jobOf(world))).toMatchObject({
      outcome: 'failed',
      error: { code: 'source-order' },
    })
    expect(world.hits()).toEqual(['e0', 'e1', 'e2'])
  })
})

describe('a sliced job', () => {
  const sync = sliced({ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-20' })
  const records = [0, 60, 120].map((at) => ({ id: `e${at}`, at: minute(at) }))

  it('does not open on a source that cannot be asked for a range', async () => {
    const world = worldOf(...records)
    const source = scriptedSource(world.feed, { capabilities: ['since'] })
    await expect(world.run(jobOf(world, { sync, source }))).rejects.toMatchObject({
      code: 'job-invalid',
      message: expect.stringMatching(/sliced needs a source with the capability "range"/) as string,
    })
  })

  it('fails where its source ignores the range', async () => {
    const world = worldOf()
    world.feed.pages = () => inPages(records, 10)
    expect(await world.run(jobOf(world, { sync }))).toMatchObject({
      outcome: 'failed',
      error: { code: 'source-outside-slice' },
    })
    expect(world.hits()).toEqual([])
  })

  it('drops and counts records outside of it where the source declares that it may return such records', async () => {
    const world = worldOf()
    world.feed.pages = () => inPages(records, 10)
    const source = scriptedSource(world.feed, { bringsMore: true })
    await world.run(jobOf(world, { sync, source }))

    expect(world.hits()).toEqual(['e0', 'e60', 'e120'])
    expect(world.reports[0]).toMatchObject({ outcome: 'succeeded', rows: 3, outOfRange: 24 * 3 - 3 })
  })
})

describe('a command that the platform repeats', () => {
  const records = [0, 30, 60].map((at) => ({ id: `e${at}`, at: minute(at) }))
  const command = { force: true, from: minute(0), to: minute(60) }

  it('is accepted once, although the run that accepted it failed', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    world.list.fates.push({ kind: 'rejected', message: 'no' })
    const first = await world.run(job, command)
    expect(first).toMatchObject({ outcome: 'failed', error: { code: 'batch-held' } })
    const retries = [await world.run(job, command), await world.run(job, command)]

    for (const retry of retries) {
      expect(retry.notes.join()).toContain(`was accepted by run ${first.run}`)
      expect(retry.notes.join()).toContain('failed (batch-held)')
    }
    const [held] = first.held
    await world.run(job, { resolve: held?.batch ?? '', as: 'resend' })
    await world.run(job)
    expect(world.hits().slice(3)).toEqual(['e0', 'e30'])
  })

  it('is accepted once more where a person names the run that accepted it, or after an hour', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    const first = await world.run(job, command)
    expect(await world.run(job, { ...command, again: first.run })).toMatchObject({ rows: 2 })
    await world.pass(hourMs)
    expect(await world.run(job, command)).toMatchObject({ rows: 2 })
    expect(world.hits()).toHaveLength(3 + 3 * 2)
  })

  it('is no second command where `again` is repeated too', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    const first = await world.run(job, command)
    const again = { ...command, again: first.run }
    await world.run(job, again)
    await world.run(job, again)
    expect(world.hits()).toHaveLength(3 + 2 * 2)
  })
})

describe('a source whose filter excludes the cursor', () => {
  const first = { id: 'first', at: minute(1) }
  const note = expect.stringContaining('the filter excludes the cursor itself') as string

  /** The records after `since`, as `>` instead of `>=` returns them. */
  function exclusive(world: EngineWorld): void {
    world.feed.pages = (request) =>
      inPages(
        request.mode === 'incremental' && request.since !== null
          ? world.feed.records.filter((record) => (record as { at: string }).at > (request.since ?? ''))
          : world.feed.records,
        3,
      )
  }

  async function secondRun(sync: Job['sync'], ...later: readonly unknown[]): Promise<readonly string[]> {
    const world = worldOf(first)
    exclusive(world)
    const job = jobOf(world, { sync })
    expect((await world.run(job)).notes).toEqual([])
    world.feed.records = [first, ...later]
    return (await world.run(job)).notes
  }

  it('is noted by a run for which it has no record', async () => {
    expect(await secondRun(incremental({ cursor: atInstant }))).toEqual([note])
    expect(await secondRun(incremental({ cursor: atInstant, primaryKey: 'id' }))).toEqual([note])
  })

  it('is not noted where it has records, because the one at the cursor may have changed', async () => {
    const later = { id: 'later', at: minute(2) }
    expect(await secondRun(incremental({ cursor: atInstant }), later)).toEqual([])
  })

  it('is not noted where no two records share a cursor', async () => {
    expect(await secondRun(incremental({ cursor: atInstant, primaryKey: 'at' }))).toEqual([])
  })

  it('is not noted where a lookback reads from before the cursor', async () => {
    const sync = incremental({ cursor: atInstant, primaryKey: 'id', lookback: { hours: 1 } })
    expect(await secondRun(sync)).toEqual([])
  })

  it('is not noted by a job that has sent nothing yet', async () => {
    const world = worldOf()
    const job = jobOf(world, { sync: incremental({ cursor: atInstant }) })
    await world.run(job)
    expect((await world.run(job)).notes).toEqual([])
  })
})

it('a source that repeats the record at the cursor is not noted', async () => {
  const world = worldOf(good)
  const job = jobOf(world, { sync: incremental({ cursor: atInstant }) })
  await world.run(job)
  expect(await world.run(job)).toMatchObject({ repeated: 1, notes: [] })
})
