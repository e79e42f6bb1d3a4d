import * as z from 'zod'
import { JobError } from '../../src/errors'
import { number } from '../../src/definition/cursors'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import { exitsIn } from '../fixtures/exits'
import { scriptedDestination } from '../fixtures/scripted-destination'
import { inPages, scriptedSource } from '../fixtures/scripted-source'
import type { Job } from '../../src/definition/job'
import type { Command } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { EngineWorld } from '../fixtures/engine-world'
import type { DeliveryKind, Fate } from '../fixtures/scripted-destination'

const records = [1, 2, 3, 4].map((at) => ({ id: `e${at}`, at: minute(at), value: at }))
const hourly = { every: 'hour', timeZone: 'UTC', start: '2026-11-20' } as const
const keyed = { cursor: atInstant, primaryKey: 'id' as const }

function worldOf(...given: readonly unknown[]): EngineWorld {
  const world = engineWorld()
  world.feed.records = given
  return world
}

/** The first way on that a report names and `wanted` fits. */
function exitOf(report: RunReport, wanted: Partial<Command> = {}, from?: string): Partial<Command> {
  const exits = exitsIn(report, from)
  const found = exits.find((exit) =>
    Object.entries(wanted).every(([name, value]) => exit[name as keyof Command] === value),
  )
  if (!found) throw new RangeError(`no such exit: ${JSON.stringify({ exits, report })}`)
  return found
}

const refusal = (code: 'source-refused' | 'unexpected' = 'source-refused') =>
  new JobError(code, 'The source answered HTTP 400.', 'Check it.')

describe('a changed definition', () => {
  it.each<[string, Job['sync'], Job['sync'], string | undefined]>([
    ['incremental', incremental(keyed), incremental({ cursor: atInstant }), minute(5)],
    ['sliced', sliced({ ...hourly, ...keyed }), sliced({ ...hourly, cursor: atInstant }), minute(24 * 60)],
    [
      'a full refresh',
      fullRefresh({ primaryKey: 'id' }),
      fullRefresh({ primaryKey: ['id', 'at'] }),
      undefined,
    ],
  ])('of %s goes on as its error says', async (_, before, now, from) => {
    const world = worldOf(...records)
    await world.run(jobOf(world, { sync: before }))
    const changed = jobOf(world, { sync: now })
    await world.pass(hourMs)
    const report = await world.run(changed)
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })

    world.feed.records = [...records, { id: 'next', at: minute(24 * 60 + 10) }]
    const continued = await world.run(changed, exitOf(report, { as: 'continue' }, from))
    expect(continued).toMatchObject({ outcome: 'succeeded' })
    expect(world.hits()).toContain('next')
    if (from !== undefined) expect(world.hits()).toHaveLength(5)
  })
})

describe('a source out of order', () => {
  const disordered = [records[0], records[3], records[1], records[2]]

  it.each<[string, Job['sync']]>([
    ['an incremental job', incremental({ cursor: atInstant })],
    ['a sliced job', sliced({ ...hourly, cursor: atInstant, ordered: true })],
  ])('of %s is read once in any order, as its error says', async (_, sync) => {
    const world = worldOf(...disordered)
    world.feed.pageSize = 2
    const job = jobOf(world, { sync })
    const report = await world.run(job)
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'source-order' } })

    expect(await world.run(job, exitOf(report))).toMatchObject({ outcome: 'succeeded', rows: 4, late: 0 })
    expect(world.hits()).toEqual(['e1=1', 'e2=2', 'e3=3', 'e4=4'])
    world.feed.records = [...disordered, { id: 'next', at: minute(5) }, records[0]]
    if (sync.mode === 'incremental')
      expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rows: 1 })
  })

  it('of a backfill is read once in any order too', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    world.feed.records = disordered
    const report = await world.run(job, { from: minute(1), to: minute(4), force: true })
    expect(report).toMatchObject({ error: { code: 'source-order' } })
    expect(await world.run(job, exitOf(report))).toMatchObject({ outcome: 'succeeded', rows: 3 })
  })
})

describe('too many rejects', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ id: `m${index}`, at: minute(1), value: 'x' }))

  it.each<[string, Job['sync']]>([
    ['an incremental job', incremental({ cursor: atInstant })],
    ['a sliced job', sliced({ ...hourly, cursor: atInstant })],
    ['a full refresh', fullRefresh({ primaryKey: 'id' })],
  ])('of %s are taken once, as its error says', async (_, sync) => {
    const world = worldOf(...many, ...records)
    const job = jobOf(world, { sync })
    const report = await world.run(job)
    expect(report).toMatchObject({ outcome: 'failed', records: 0, error: { code: 'too-many-rejects' } })
    expect(world.hits()).toEqual([])

    const taken = await world.run(job, exitOf(report, { as: 'continue' }))
    expect(taken).toMatchObject({ outcome: 'succeeded', rejects: 30, rows: 4 })
    world.feed.records = [...many, ...records, ...many.map((record) => ({ ...record, at: minute(70) }))]
    world.feed.records = world.feed.records.map((record, index) =>
      index < 34 ? record : { ...(record as object), id: `n${index}` },
    )
    expect(await world.run(job)).toMatchObject(
      sync.mode === 'sliced' ? { rows: 0 } : { outcome: 'failed', error: { code: 'too-many-rejects' } },
    )
  })
})

describe('a waiver that no commit needed', () => {
  const many = (at: number) =>
    Array.from({ length: 30 }, (_, id) => ({ id: `m${at}-${id}`, at: minute(at), value: 'x' }))

  it.each(['keyed', 'named'] as const)('(%s) does not lift a later block', async (kind) => {
    const world = worldOf(...many(1))
    const job = jobOf(world, { destination: scriptedDestination(world.list, kind as 'keyed') })
    const report = await world.run(job)
    // The source was mended meanwhile; an import that takes its time keeps the run from being a success.
    world.feed.records = records
    if (kind === 'named')
      for (let polls = 0; polls < 9; polls += 1) world.list.polls.push({ kind: 'processing' })
    await world.run(job, exitOf(report, { as: 'continue' }))
    world.feed.records = [...records, ...many(9)]

    expect(await world.run(job)).toMatchObject({ outcome: 'failed', error: { code: 'too-many-rejects' } })
  })
})

describe('more rejects in one commit than fit into memory', () => {
  it('end the read where they are, and are taken once, as the error says', async () => {
    const world = engineWorld({ commitRejects: 25 })
    world.feed.records = Array.from({ length: 1_000 }, (_, id) => ({
      id: `m${id}`,
      at: minute(1),
      value: 'x',
    }))
    const job = jobOf(world)
    const report = await world.run(job)
    expect(report).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'too-many-rejects',
        message: expect.stringMatching(/^26 of the first new records/) as string,
      },
    })

    expect(await world.run(job, exitOf(report, { as: 'continue' }))).toMatchObject({
      rejects: 1_000,
      rows: 0,
    })
  })
})

describe('more open rejects than a job may have', () => {
  const many = (count: number, at: number) =>
    Array.from({ length: count }, (_, id) => ({ id: `m${at}-${id}`, at: minute(at), value: 'x' }))

  it.each([
    ['given up', { resolve: 'rejects', as: 'drop' }],
    ['taken as they are', { resolve: 'too-many-rejects', as: 'continue' }],
  ] as const)('stop it until they are %s, as its error says', async (_, exit) => {
    const world = engineWorld({ openRejects: 10 })
    world.feed.records = [...many(8, 1), { id: 'a', at: minute(1) }]
    const job = jobOf(world)
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rejects: 8 })
    world.feed.records = [...many(8, 2), { id: 'b', at: minute(2) }]
    const report = await world.run(job)
    expect(report).toMatchObject({ outcome: 'failed', rejects: 0, error: { code: 'too-many-rejects' } })

    expect(await world.run(job, exitOf(report, exit))).toMatchObject({ outcome: 'succeeded', rejects: 8 })
    expect(world.hits()).toEqual(['a', 'b'])
  })
})

describe('work that can never succeed', () => {
  it('is left out where a record lies outside its slice', async () => {
    const world = worldOf(...records, { id: 'later', at: minute(70) })
    const job = jobOf(world, { sync: sliced({ ...hourly, cursor: atInstant }) })
    world.feed.pages = () => [{ records: [{ id: 'outside', at: minute(-1) }] }]
    const report = await world.run(job)
    expect(report).toMatchObject({ error: { code: 'source-outside-slice' } })

    world.feed.pages = null
    expect(await world.run(job, exitOf(report))).toMatchObject({ outcome: 'succeeded', rows: 1 })
    expect(world.hits()).toEqual(['later'])
  })

  it.each<[string, Job['sync'], string | undefined]>([
    ['a slice', sliced({ ...hourly, cursor: atInstant }), undefined],
    ['an incremental read', incremental({ cursor: atInstant }), minute(60)],
  ])('is left out where %s is too large for one commit', async (_, sync, from) => {
    const world = engineWorld({ commitBatches: 2 })
    world.feed.records = [...Array.from({ length: 12 }, (_entry, id) => ({ id: `e${id}`, at: minute(1) }))]
    world.feed.pageSize = 12
    const job = jobOf(world, { sync })
    const report = await world.run(job)
    expect(report).toMatchObject({ error: { code: 'slice-too-large' } })

    world.feed.records = [...world.feed.records, { id: 'later', at: minute(70) }]
    expect(await world.run(job, exitOf(report, {}, from))).toMatchObject({ outcome: 'succeeded' })
    expect(world.hits()).toEqual(['later'])
  })

  it.each<[string, Job['sync']]>([
    ['incremental', incremental(keyed)],
    ['sliced', sliced({ ...hourly, ...keyed })],
  ])('is dropped where the source refuses a backfill of an %s job', async (_, sync) => {
    const world = worldOf(...records)
    const job = jobOf(world, { sync })
    await world.run(job)
    world.feed.pages = (request) => {
      const from =
        request.mode === 'incremental' ? request.since : request.mode === 'sliced' && request.range.from
      if (from && Date.parse(from) < Date.parse(minute(2))) throw refusal()
      return inPages(records.slice(-1), 1)
    }
    const report = await world.run(job, { from: minute(0), to: minute(2), force: true })
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'source-refused' } })
    expect(await world.run(job)).toMatchObject({ error: { code: 'source-refused' } })

    world.feed.pages = null
    world.feed.records = [...records, { id: 'next', at: minute(5) }]
    expect(await world.run(job, exitOf(report, { as: 'drop' }))).toMatchObject({ outcome: 'succeeded' })
    expect(world.hits()).toHaveLength(sync.mode === 'sliced' ? 4 : 5)
  })

  it.each(['source-refused', 'unexpected'] as const)(
    'is stepped over where an incremental read meets %s',
    async (code) => {
      const world = worldOf(...records)
      const job = jobOf(world)
      await world.run(job)
      world.feed.error = refusal(code)
      const report = await world.run(job)
      expect(report).toMatchObject({ outcome: 'failed', error: { code } })

      world.feed.error = null
      world.feed.records = [...records, { id: 'lost', at: minute(5) }, { id: 'next', at: minute(7) }]
      const continued = await world.run(job, exitOf(report, { as: 'continue' }, minute(6)))
      expect(continued).toMatchObject({ outcome: 'succeeded', rows: 1 })
      expect(continued.notes.join()).toContain('are left out')
    },
  )
})

describe('a record ahead of the clock', () => {
  const far = { id: 'far', at: '9999-01-01T00:00:00Z' }

  it('is dropped for good, and is sent once its source corrects it', async () => {
    const world = worldOf(...records, far)
    const job = jobOf(world, { sync: incremental(keyed) })
    expect(await world.run(job)).toMatchObject({ rejectsByReason: { 'cursor-ahead': 1 } })
    await world.run(job, { resolve: 'rejects', as: 'drop' })
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rows: 0, rejects: 0 })
    expect(world.stateOf(job).rejects.segments).toEqual([])

    world.feed.records = [...records, { ...far, at: minute(5) }]
    await world.run(job)
    expect(world.hits().slice(4)).toEqual(['far'])
  })

  it('is left to the ordinary read by every replay', async () => {
    const world = worldOf(...records, far)
    const job = jobOf(world)
    await world.run(job)
    for (let times = 0; times < 3; times += 1) {
      const report = await world.run(job, { resolve: 'rejects', as: 'resend' })
      expect(report).toMatchObject({ outcome: 'succeeded', rows: 0, rejects: 0 })
      await world.pass(2 * hourMs)
    }
    expect(world.hits()).toHaveLength(4)
  })
})

describe('a regrouping', () => {
  it('reports until when it waits, and ends at once by a command', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    world.list.partitions = 2
    world.feed.records = [...records, { id: 'next', at: minute(5) }]
    const report = await world.run(job)
    expect(report).toMatchObject({ outcome: 'partial', reason: 'regrouping', rows: 0 })
    expect(report.notes.join()).toContain('2026-11-22T00:00:0')

    expect(await world.run(job, exitOf(report))).toMatchObject({ outcome: 'succeeded', rows: 1 })
  })

  it('ends without a command a day after the last confirmation', async () => {
    const world = worldOf(...records)
    const job = jobOf(world)
    await world.run(job)
    world.list.partitions = 2
    world.feed.records = [...records, { id: 'next', at: minute(5) }]
    await world.run(job)
    await world.pass(24 * hourMs)
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rows: 1 })
  })
})

interface HeldCase {
  readonly code: string
  readonly kind: DeliveryKind
  readonly make: (world: EngineWorld) => void
  readonly choices: readonly string[]
  /** ms that pass before the code shows. */
  readonly after?: number
}

const fate =
  (...fates: Fate[]) =>
  (world: EngineWorld) =>
    void world.list.fates.push(...fates)
const polled =
  (...polls: EngineWorld['list']['polls']) =>
  (world: EngineWorld) =>
    void world.list.polls.push(...polls)
const broken = { kind: 'failed', cause: 'broken', rows: 1, message: 'broken' } as const

const heldCases: readonly HeldCase[] = [
  {
    code: 'invalid-rows',
    kind: 'keyed',
    make: fate({ kind: 'accepted', rows: 4, invalidRows: 1 }),
    choices: ['sent', 'drop'],
  },
  {
    code: 'rejected',
    kind: 'keyed',
    make: fate({ kind: 'rejected', message: 'no' }),
    choices: ['resend', 'drop'],
  },
  {
    code: 'row-too-large',
    kind: 'keyed',
    make: fate(...Array.from({ length: 7 }, () => ({ kind: 'too-large', message: '413' }) as const)),
    choices: ['drop'],
  },
  {
    code: 'key-collision',
    kind: 'keyed',
    make: (world) => {
      fate('answer-lost')(world)
      world.list.truth = () => ({ kind: 'found', rows: 1 })
    },
    choices: ['sent', 'resend', 'drop'],
  },
  {
    code: 'too-old-to-ask',
    kind: 'keyed',
    make: fate('request-lost'),
    after: 25 * hourMs,
    choices: ['sent', 'resend', 'drop'],
  },
  {
    code: 'found-twice',
    kind: 'named',
    make: (world) => {
      fate('answer-lost')(world)
      world.list.truth = () => ({ kind: 'found', receipts: ['one', 'two'] })
    },
    choices: ['sent', 'drop'],
  },
  { code: 'ingested-in-part', kind: 'named', make: polled(broken), choices: ['sent', 'drop'] },
  {
    code: 'rejected',
    kind: 'named',
    make: polled({ ...broken, rows: 0 }),
    choices: ['resend', 'drop'],
  },
  {
    code: 'processing-failed',
    kind: 'upsert',
    make: polled(broken, broken, broken, broken),
    after: 3 * hourMs,
    choices: ['resend', 'drop'],
  },
  {
    code: 'file-missing',
    kind: 'keyed',
    make: (world) => {
      world.fault = ({ kind, path }) => {
        if (kind === 'read' && path.endsWith('.txt')) world.store.files.delete(path)
        return 'ok'
      }
    },
    choices: ['sent', 'drop'],
  },
  {
    code: 'file-damaged',
    kind: 'keyed',
    make: (world) => {
      world.fault = ({ kind, path }) => {
        const file = world.store.files.get(path)
        if (kind === 'read' && file && path.endsWith('.txt'))
          world.store.files.set(path, { ...file, body: Buffer.from('other\n') })
        return 'ok'
      }
    },
    choices: ['sent', 'drop'],
  },
]

describe.each(heldCases.flatMap((held) => held.choices.map((as) => ({ ...held, as }))))(
  'a batch of the kind $kind that is held for $code',
  ({ code, kind, make, choices, after = 0, as }) => {
    it(`stops extraction, and goes on as ${as}`, async () => {
      const world = worldOf(...records)
      const destination = scriptedDestination(world.list, kind as 'keyed')
      const job = jobOf(world, { destination })
      make(world)
      let report = await world.run(job)
      for (let waited = 0; waited < after && report.held.length === 0; waited += after) {
        await world.pass(after)
        report = await world.run(job)
      }
      for (let runs = 0; report.held.length === 0 && runs < 8; runs += 1) {
        await world.pass(30 * minuteMs)
        report = await world.run(job)
      }
      expect(report).toMatchObject({ outcome: 'failed', reason: 'batch-held', held: [{ code }] })
      expect(exitsIn(report).map((exit) => exit.as)).toEqual(choices)
      expect(report.error?.remedy).toContain('resolve=')
      world.fault = () => 'ok'
      world.list.truth = null
      world.list.fates.length = 0
      world.feed.records = [...records, { id: 'next', at: minute(5) }]
      expect(await world.run(job)).toMatchObject({ records: 0, reason: 'batch-held' })

      let held = report
      for (let steps = 0; held.held.length > 0 && steps < 10; steps += 1)
        held = await world.run(job, exitOf(held, { as: as as Command['as'] }))
      for (let runs = 0; world.stateOf(job).outbox.length > 0 && runs < 3; runs += 1) {
        await world.pass(hourMs)
        await world.run(job)
      }
      expect(world.stateOf(job).outbox).toEqual([])
      expect(world.hits().filter((line) => line === 'next')).toHaveLength(1)
      if (as === 'resend') expect(world.hits()).toEqual(expect.arrayContaining(['e1=1', 'e4=4', 'next']))
    })
  },
)

describe('files that are gone', () => {
  const Strict = Event.extend({ value: z.literal(1) })

  /** Deletes the files whose name fits. */
  function lose(world: EngineWorld, pattern: RegExp): void {
    const lost = [...world.store.files.keys()].filter((path) => pattern.test(path))
    expect(lost.length).toBeGreaterThan(0)
    for (const path of lost) world.store.files.delete(path)
  }

  it('stop a replay, which ends as its error says', async () => {
    const world = worldOf(...records)
    await world.run(jobOf(world, { record: Strict }))
    lose(world, /rejects-\d+\.jsonl$/)
    const job = jobOf(world)
    let report = await world.run(job, { resolve: 'rejects', as: 'resend' })
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'state-missing' } })

    world.feed.records = [...records, { id: 'next', at: minute(5) }]
    for (let steps = 0; report.outcome === 'failed' && steps < 3; steps += 1)
      report = await world.run(job, exitOf(report, { as: 'drop' }))
    expect(report).toMatchObject({ outcome: 'succeeded' })
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rejects: 0 })
    expect(world.hits().at(-1)).toBe('next')
    expect(world.stateOf(job)).toMatchObject({ backfills: [], rejects: { segments: [] } })
  })

  it.each(['open rejects', 'dropped rejects'])(
    'stop a job with %s, which goes on as its error says',
    async (what) => {
      const world = worldOf(...records)
      const strict = jobOf(world, { record: Strict })
      await world.run(strict)
      if (what === 'dropped rejects') await world.run(strict, { resolve: 'rejects', as: 'drop' })
      await world.pass(2 * hourMs)
      lose(world, /\.bin$/)
      world.feed.records = [...records, { id: 'next', at: minute(5), value: 1 }]
      const report = await world.run(strict)
      expect(report).toMatchObject({ outcome: 'failed', error: { code: 'state-missing' } })

      expect(await world.run(strict, exitOf(report))).toMatchObject({ outcome: 'succeeded', rows: 1 })
      expect(world.hits()).toEqual(['e1=1', 'next=1'])
    },
  )

  const many = Array.from({ length: 300 }, (_, id) => ({ id: `m${id}`, at: minute(1) }))

  it.each<[string, Job['sync'], string | undefined]>([
    ['incremental', incremental({ ...keyed, lookback: { days: 1 } }), minute(2)],
    ['sliced', sliced({ ...hourly, ...keyed, lookback: { hours: 3 } }), '2026-11-21T00:00:00Z'],
    ['that is read whole', fullRefresh({ primaryKey: 'id' }), undefined],
  ])('stop a job (%s) without its memory, which goes on as its error says', async (_, sync, from) => {
    const world = worldOf(...many)
    if (sync.mode === 'sliced')
      world.feed.records = many.map((record, index) => ({ ...record, at: minute(23 * 60 + (index % 60)) }))
    world.list.batchRows = 1_000
    const job = jobOf(world, { sync })
    await world.run(job)
    lose(world, /memory\.bin$/)
    await world.pass(hourMs)
    const next = { id: 'next', at: minute(sync.mode === 'sliced' ? 24 * 60 + 1 : 3) }
    world.feed.records = [...world.feed.records, next]
    const report = await world.run(job)
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'state-missing' } })

    expect(await world.run(job, exitOf(report, {}, from))).toMatchObject({ outcome: 'succeeded' })
    expect(await world.run(job)).toMatchObject({ rows: 0 })
    expect(world.hits()).toHaveLength(sync.mode === 'full-refresh' ? 601 : 301)
  })
})

describe('a destination at another address', () => {
  it.each(['sent', 'resend', 'drop'] as const)(
    'leaves a batch in doubt to a person, who resolves it as %s',
    async (as) => {
      const world = worldOf(...records)
      const job = jobOf(world)
      world.list.fates.push('request-lost')
      await world.run(job)
      world.list.address = 'list://elsewhere'
      const report = await world.run(job)
      expect(report).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })

      const [batch] = world.stateOf(job).outbox
      expect(report.error?.message).toContain(batch?.id ?? 'none')
      expect(report.error?.remedy).toContain(`as=${as}`)
      expect(await world.run(job, { resolve: batch?.id, as })).toMatchObject({ outcome: 'succeeded' })
      expect(world.hits()).toHaveLength(as === 'resend' ? 4 : 1)
    },
  )
})

describe('a number cursor', () => {
  it('is stepped over in its own notation', async () => {
    const world = engineWorld()
    const At = z.object({ id: z.string(), at: z.number() })
    const job = jobOf(world, {
      sync: incremental({ cursor: number('at') }),
      record: At,
      map: (record) => ({ id: (record as { id: string }).id }),
      source: scriptedSource(world.feed),
    })
    world.feed.records = [{ id: 'a', at: 9 }]
    await world.run(job)
    world.feed.error = refusal()
    const report = await world.run(job)
    world.feed.error = null
    world.feed.records = [
      { id: 'a', at: 9 },
      { id: 'b', at: 10 },
      { id: 'c', at: 1000 },
    ]
    await world.run(job, exitOf(report, {}, '999'))
    expect(world.hits()).toEqual(['a', 'c'])
  })
})
