import * as z from 'zod'
import { bulkDataInsertion } from '../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { input } from '../../src/inputs'
import { instant, number, text } from '../../src/definition/cursors'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, jobOf, minute } from '../fixtures/engine-world'
import { scriptedSource } from '../fixtures/scripted-source'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'

/** Sends one record after the other, each in a run of its own, and everything before it once more. */
async function feedOneByOne(world: EngineWorld, job: Job, records: readonly unknown[]): Promise<void> {
  for (let count = 1; count <= records.length; count += 1) {
    world.feed.pages = () => [{ records: records.slice(0, count) }]
    await world.run(job)
  }
}

const numbers = (length: number) => Array.from({ length }, (_, index) => String(index))

describe('cursors are compared as what they are:', () => {
  const At = z.object({ id: z.string(), at: z.union([z.string(), z.number()]) })
  const map = (record: unknown) => ({ id: (record as { id: string }).id })

  it.each<[string, Job['sync'], readonly unknown[]]>([
    [
      'instants with and without fractions',
      incremental({ cursor: atInstant }),
      ['00Z', '00.000001Z', '00.1Z', '00.123Z', '00.1230001Z', '01Z'].map((end) => `2026-01-01T00:00:${end}`),
    ],
    [
      'offsets at the end of summer time',
      incremental({ cursor: atInstant }),
      ['2026-10-25T02:59:00+02:00', '2026-10-25T02:01:00+01:00', '2026-10-25T01:02:00Z'],
    ],
    ['numbers that gain a digit', incremental({ cursor: number('at') }), [9, 10, 99, 100, 999, 1000]],
    [
      'numbers written as texts',
      incremental({ cursor: number('at') }),
      ['999', '1000', '1000.5', '9007199254740993', '9007199254740994'],
    ],
    ['negative numbers', incremental({ cursor: number('at') }), [-100, -99.5, -9, -0.5, 0, 0.5]],
    [
      'seconds since the epoch',
      incremental({ cursor: instant('at', { unit: 's' }) }),
      [999_999_999, 1_000_000_000, 1_000_000_000.5],
    ],
    ['texts', incremental({ cursor: text('at') }), ['A', 'AA', 'B', 'a', 'ä']],
  ])('%s are neither skipped nor repeated', async (_, sync, places) => {
    const world = engineWorld()
    const records = places.map((at, index) => ({ id: String(index), at }))
    await feedOneByOne(world, jobOf(world, { sync, record: At, map }), records)

    expect(world.hits()).toEqual(numbers(places.length))
  })

  it('a local time that the clocks show twice stops the job instead of being left out', async () => {
    const world = engineWorld()
    const sync = incremental({ cursor: instant('at', { timeZone: 'Europe/Berlin' }) })
    world.feed.records = ['02:50', '02:10'].map((time, id) => ({ id: String(id), at: `2026-10-25T${time}` }))
    const report = await world.run(jobOf(world, { sync, record: At, map }))

    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'source-order' } })
  })

  it('a number that has lost digits on its way through JSON is a reject', async () => {
    const world = engineWorld()
    world.feed.records = [{ id: '0', at: 2 ** 53 + 2 }]
    const job = jobOf(world, { sync: incremental({ cursor: number('at') }), record: At, map })

    expect(await world.run(job)).toMatchObject({ rejectsByReason: { 'cursor-unreadable': 1 } })
  })
})

describe('a record far in the future', () => {
  const valid = { id: 'far', at: '9999-12-31T23:59:59Z' }

  it.each([
    ['valid', valid],
    ['itself invalid', { ...valid, value: 'x' }],
  ])('(%s) is a reject and does not move the cursor', async (_, far) => {
    const world = engineWorld()
    const job = jobOf(world)
    world.feed.records = [{ id: 'a', at: minute(1) }, far]
    expect(await world.run(job)).toMatchObject({ rows: 1, rejects: 1 })
    world.feed.records = [{ id: 'a', at: minute(1) }, { id: 'b', at: minute(2) }, far]
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rows: 1, rejects: 0, repeated: 2 })

    expect(world.hits()).toEqual(['a', 'b'])
    expect(world.stateOf(job).cursor?.since).toBe(minute(2))
  })

  it('is sent once the clock has reached its time', async () => {
    const world = engineWorld()
    const job = jobOf(world)
    world.feed.records = [{ id: 'early', at: new Date(world.clock.now() + 3_600_000).toISOString() }]
    expect(await world.run(job)).toMatchObject({ rejectsByReason: { 'cursor-ahead': 1 } })
    await world.pass(3_600_000)
    await world.run(job)

    expect(world.hits()).toEqual(['early'])
  })

  it('is outside every slice', async () => {
    const world = engineWorld()
    const sync = sliced({ cursor: atInstant, every: 'day', timeZone: 'UTC', start: '2026-11-20' })
    world.feed.pages = () => [{ records: [{ id: 'a', at: minute(1) }, valid] }]
    expect(await world.run(jobOf(world, { sync }))).toMatchObject({ error: { code: 'source-outside-slice' } })

    const source = scriptedSource(world.feed, { bringsMore: true })
    expect(await world.run(jobOf(world, { sync, source }))).toMatchObject({ rows: 1, outOfRange: 1 })
  })
})

describe('a record that was rejected as late', () => {
  const Timed = Event.extend({ time: z.string() })
  const map = (record: unknown) => {
    const { id, time, value } = record as z.infer<typeof Timed>
    return { id, value, at: Date.parse(time) / 1000 }
  }
  const first = { id: 'a', at: minute(10), time: minute(10) }
  const late = { id: 'late', at: minute(11), time: minute(5), value: 1 }

  it.each<[string, Parameters<typeof incremental>[0]]>([
    ['at the cursor', { cursor: atInstant, primaryKey: 'id' }],
    ['in the window of a lookback', { cursor: atInstant, primaryKey: 'id', lookback: { hours: 1 } }],
  ])('is sent once it was corrected, %s', async (_, options) => {
    const world = engineWorld()
    const sync = { ...incremental({ cursor: atInstant, primaryKey: 'id' }), ...incremental(options as never) }
    const job = jobOf(world, { sync: { ...sync, late: 'reject' }, record: Timed, map })
    world.feed.records = [first, late]
    expect(await world.run(job)).toMatchObject({ rejectsByReason: { late: 1 }, rows: 1 })
    expect(await world.run(job)).toMatchObject({ rows: 0, rejects: 0, duplicates: 0 })

    world.feed.records = [first, { ...late, time: minute(11), value: 2 }]
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', healed: 1, rows: 1 })
    await world.run(job)
    expect(world.hits()).toEqual(['a', 'late=2'])
    expect(world.stateOf(job).rejects.segments).toEqual([])
  })

  it('is sent unchanged by a replay, and its correction is a duplicate then', async () => {
    const world = engineWorld()
    const sync = { ...incremental({ cursor: atInstant, primaryKey: 'id' }), late: 'reject' as const }
    const job = jobOf(world, { sync, record: Timed, map })
    world.feed.records = [first, late]
    await world.run(job)
    expect(await world.run(job, { resolve: 'rejects', as: 'resend' })).toMatchObject({ healed: 1, late: 1 })
    world.feed.records = [first, { ...late, value: 2 }]

    expect(await world.run(job)).toMatchObject({ duplicates: 1, rows: 0 })
    expect(world.hits()).toEqual(['a', 'late=1'])
  })
})

describe('files of batches', () => {
  it('that are equal and too large are halved into four files with ids of their own', async () => {
    const world = engineWorld()
    const job = jobOf(world, { sync: incremental({ cursor: atInstant }) })
    world.feed.records = Array.from({ length: 8 }, () => ({ id: 'same', at: minute(1) }))
    world.feed.pageSize = 8
    world.list.fates.push({ kind: 'too-large', message: '413' }, { kind: 'too-large', message: '413' })
    await world.run(job)
    await world.run(job)

    expect(world.hits()).toHaveLength(8)
    expect(new Set(world.list.stored.map(({ id }) => id)).size).toBe(world.list.stored.length)
    expect(world.reports.reduce((sum, { confirmed }) => sum + confirmed, 0)).toBe(world.list.stored.length)
  })

  it('are written although the store reports a false conflict', async () => {
    const world = engineWorld()
    world.feed.records = [{ id: 'a', at: minute(1) }]
    let conflicts = 2
    world.fault = ({ kind, path }) =>
      kind === 'write' && path.endsWith('.txt') && conflicts-- > 0 ? 'conflict' : 'ok'

    expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'succeeded', confirmed: 1 })
    expect(world.hits()).toEqual(['a'])
  })

  it('do not count as written where other bytes have their name', async () => {
    const world = engineWorld()
    world.feed.records = [{ id: 'a', at: minute(1) }]
    world.fault = ({ kind, path }) => {
      if (kind === 'write' && path.endsWith('.txt') && !world.store.files.has(path))
        world.store.files.set(path, { body: Buffer.from('other\n'), etag: '"other"', modifiedAt: 0 })
      return 'ok'
    }
    expect(await world.run(jobOf(world))).toMatchObject({
      outcome: 'failed',
      error: { code: 'store-refused' },
    })
    world.fault = () => 'ok'
    expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'succeeded' })

    expect(world.hits()).toEqual(['a'])
  })
})

describe('a schedule that would never read anything', () => {
  const given = { cursor: atInstant, every: 'day', timeZone: 'UTC', start: '2026-11-20' } as const

  it.each<[string, Parameters<typeof sliced>[0], RegExp]>([
    [
      'a misspelt time zone',
      { ...given, timeZone: 'Europe/Berlim' },
      /"timeZone" .*"Europe\/Berlim" is none/,
    ],
    ['an offset for a zone', { ...given, timeZone: '+01:00' }, /"timeZone"/],
    ['a start that is no date', { ...given, start: 'yesterday' }, /"start" must be/],
    ['a day that does not exist', { ...given, start: '2026-02-30' }, /"start" must be/],
    ['a local time without its offset', { ...given, start: '2026-01-01T06:00:00' }, /"start" must be/],
    ['a misspelt period', { ...given, every: 'daily' as never }, /"every" must be/],
    ['a misspelt option', { ...given, lags: { days: 1 } } as never, /there is no option "lags"/],
  ])('(%s) does not open', async (_, options, message) => {
    const world = engineWorld()
    await expect(world.run(jobOf(world, { sync: sliced(options as never) }))).rejects.toMatchObject({
      code: 'job-invalid',
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('a source at another address', () => {
  const records = [{ id: 'a', at: minute(1) }]

  it('is not read until a person states where to continue', async () => {
    const world = engineWorld()
    const job = jobOf(world)
    world.feed.records = records
    await world.run(job)
    world.feed.identity = 'script://elsewhere'
    world.feed.records = [...records, { id: 'b', at: minute(2) }]
    const report = await world.run(job)

    expect(report).toMatchObject({ outcome: 'failed', records: 0, error: { code: 'definition-changed' } })
    expect(report.error?.message).toContain('source: script: → script://elsewhere')
    await world.run(job, { resolve: 'definition', as: 'continue', from: minute(1) })
    expect(world.hits()).toEqual(['a', 'b'])
  })

  it('is no other source where its version says that its cursor means the same', async () => {
    const world = engineWorld()
    world.feed.records = records
    await world.run(jobOf(world))
    const report = await world.run(jobOf(world, { source: scriptedSource(world.feed, { version: 2 }) }))
    expect(report.error?.message).toContain('sourceVersion: 1 → 2')
  })
})

describe('text that UTF-8 cannot carry', () => {
  it('is a reject, not a replacement character', () => {
    const destination = bulkDataInsertion({
      reportSuite: input('SUITE'),
      columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'pageName', 'contextData.note'],
    }).open({
      job: 'job',
      inputs: () => 'suite',
      settings: {},
      credential: { clientId: 'c', orgId: 'o' },
      endpoints: { collection: 'http://127.0.0.1', analytics: 'http://127.0.0.1' },
    } as never)
    const hit = {
      ...{ timestamp: 1_700_000_000, marketingCloudVisitorID: '1'.repeat(38), userAgent: 'test' },
      pageName: 'home',
    }
    for (const half of ['\ud83d', '\ude00', '\ude00\ud83d', 'a\ud83db'])
      for (const column of ['pageName', 'userAgent', 'contextData.note'])
        expect(destination.format.encode({ ...hit, [column]: half })).toMatchObject({
          kind: 'reject',
          code: 'value-not-unicode',
          path: column,
        })
    expect(destination.format.encode({ ...hit, pageName: '😀' })).toMatchObject({ kind: 'row' })
  })

  it('does not give two records the same identity', async () => {
    const world = engineWorld()
    const sync = incremental({ cursor: atInstant, primaryKey: 'id' })
    const map = (record: unknown) => ({ id: (record as Event).id.length.toString() })
    world.feed.records = ['\ud800', '\ud801', '\udc00'].map((id) => ({ id, at: minute(1) }))

    expect(await world.run(jobOf(world, { sync, map }))).toMatchObject({ rows: 3, repeated: 0 })
  })
})

describe('a slice without records whose source declares fields', () => {
  const daily = sliced({
    every: 'day',
    timeZone: 'UTC',
    start: '2026-01-01',
    cursor: atInstant,
    slicesPerRun: 1,
  })
  const reading = (fields: readonly string[]) => {
    const world = engineWorld()
    world.feed.pages = () => [{ records: [], fields }]
    const job = jobOf(world, { sync: daily })
    return { world, job }
  }

  it('is not read where a field that every record has is missing', async () => {
    const { world, job } = reading(['Rate limit exceeded'])

    expect(await world.run(job)).toMatchObject({
      outcome: 'failed',
      error: { code: 'source-malformed', message: expect.stringContaining('its fields lack "id"') as string },
    })
    expect(world.stateOf(job).done).toEqual([])
  })

  it('is read where they are there', async () => {
    const { world, job } = reading(['id', 'at', 'note'])

    expect(await world.run(job)).not.toHaveProperty('error')
    expect(world.stateOf(job).done).toHaveLength(1)
  })
})
