import fc from '../fixtures/fast-check'
import { JobError } from '../../src/errors'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute, rowOf } from '../fixtures/engine-world'
import { scriptedDestination } from '../fixtures/scripted-destination'
import { inPages, scriptedSource } from '../fixtures/scripted-source'
import type { CheckAnswer, VerifyAnswer } from '../../src/destinations/destination'
import type { Job } from '../../src/definition/job'
import type { Late, OnChange } from '../../src/definition/sync'
import type { Command } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { EngineWorld } from '../fixtures/engine-world'

/** What a dry run promises of the run that follows. */
const promised = [
  ...['slices', 'records', 'taken', 'healed', 'rows', 'rejects', 'rejectsByReason', 'duplicates', 'filtered'],
  ...['repeated', 'behind', 'outOfRange', 'late', 'batches'],
] as const

function promises(report: RunReport): object {
  return Object.fromEntries(promised.map((name) => [name, report[name as keyof RunReport]]))
}

const record = fc.record({
  key: fc.nat(5),
  minute: fc.nat(150),
  row: fc.option(fc.nat(150), { nil: undefined }),
  value: fc.constantFrom(1, 2, 3, 'invalid', 'unwanted', 'twice'),
  drift: fc.option(fc.nat(9), { nil: undefined }),
})
type Drawn = typeof record extends fc.Arbitrary<infer Value> ? Value : never

const command = fc.constantFrom<Partial<Command>>(
  {},
  {},
  { resolve: 'rejects', as: 'resend' },
  { resolve: 'rejects', as: 'drop' },
  { resolve: 'too-many-rejects', as: 'continue' },
  { from: minute(0), to: minute(60) },
  { force: true, from: minute(0), to: minute(60) },
  { force: true },
)

const shape = fc.record({
  mode: fc.constantFrom('incremental', 'sliced', 'full-refresh' as const),
  keyed: fc.boolean(),
  lookback: fc.boolean(),
  onChange: fc.constantFrom<OnChange>('ignore', 'reject', 'send'),
  late: fc.constantFrom<Late>('send', 'reject'),
  kind: fc.constantFrom('keyed', 'upsert' as const),
  slicesPerRun: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  bringsMore: fc.boolean(),
})
type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never

function syncOf({ mode, keyed, lookback, onChange, late, slicesPerRun }: Shape): Job['sync'] {
  const key = keyed || lookback ? { primaryKey: 'id' } : {}
  const back = lookback ? { lookback: { hours: 1 }, onChange } : {}
  if (mode === 'full-refresh') return fullRefresh({ primaryKey: 'id', onChange, late })
  if (mode === 'incremental') return incremental({ cursor: atInstant, late, ...key, ...back } as never)
  const grid = { every: 'hour', timeZone: 'UTC', start: '2026-11-20' } as const
  const capped = slicesPerRun === undefined ? {} : { slicesPerRun }
  return sliced({ cursor: atInstant, late, ...grid, ...key, ...back, ...capped } as never)
}

function jobIn(world: EngineWorld, given: Shape): Job {
  const sync = given.kind === 'keyed' ? { ...syncOf(given), onChange: changeOf(given) } : syncOf(given)
  return jobOf(world, {
    sync: sync,
    source: scriptedSource(world.feed, { bringsMore: given.bringsMore }),
    destination: scriptedDestination(world.list, given.kind as 'keyed'),
    record: Event.loose(),
    map(event) {
      const { value, row, ...rest } = event as Event & { row?: string }
      if ((value as unknown) === 'invalid') throw new RangeError('invalid')
      if ((value as unknown) === 'unwanted') return null
      const one = rowOf({ ...rest, at: row ?? rest.at, value })
      return (value as unknown) === 'twice' ? [one, { ...one, id: `${one.id}b` }] : one
    },
  })
}

/** What an append destination can take. */
const changeOf = ({ onChange }: Shape): OnChange => (onChange === 'send' ? 'ignore' : onChange)

/** In the order of their cursors; a source that brings more ignores what it was asked. */
function fill({ feed }: EngineWorld, drawn: readonly Drawn[], { bringsMore }: Shape): void {
  feed.records = [...drawn]
    .sort((a, b) => a.minute - b.minute)
    .map(({ key, minute: at, row, value, drift }) => ({
      ...{ id: `k${key}`, at: minute(at), value },
      ...(row === undefined ? {} : { row: minute(row) }),
      ...(drift === undefined ? {} : { drift }),
    }))
  feed.pages = bringsMore ? () => inPages(feed.records, feed.pageSize) : null
}

const codeOf = (error: unknown) => (error instanceof JobError ? error.code : 'none')

it('a dry run counts what the next run then counts, whatever the job and its history', async () => {
  const drawn = fc.array(record, { maxLength: 14 })
  const history = fc.array(drawn, { minLength: 1, maxLength: 3 })
  let failures = 0
  await fc.assert(
    fc.asyncProperty(shape, history, drawn, command, async (given, before, last, asked) => {
      const world = engineWorld()
      const job = jobIn(world, given)
      for (const records of before) {
        fill(world, records, given)
        await world.run(job)
        await world.pass(hourMs)
      }
      fill(world, last, given)
      const files = new Map(world.store.files)
      const promise = await world.dryRun(job, asked).catch(codeOf)
      expect(new Map(world.store.files)).toEqual(files)

      const report = await world.run(job, asked)
      if (typeof promise === 'string') {
        failures += 1
        expect(report).toMatchObject({ outcome: 'failed', error: { code: promise } })
      } else if (report.outcome !== 'skipped') expect(promises(report)).toEqual(promises(promise))
      else expect(promise.records).toBe(0)
    }),
    { numRuns: 200 },
  )
  expect(failures).toBeLessThan(120)
}, 120_000)

it('a dry run shows the first rows and the first rejects', async () => {
  const world = engineWorld()
  world.feed.records = [
    { id: 'a', at: minute(1) },
    { id: 'b', at: minute(2), value: 'x' },
  ]
  expect(await world.dryRun(jobOf(world))).toMatchObject({
    outcome: 'succeeded',
    sample: { rows: ['a\n'], rejects: [{ code: 'record-invalid', path: 'value', record: { id: 'b' } }] },
  })
  expect(world.store.files.size).toBe(0)
  expect(world.hits()).toEqual([])
})

it('a dry run of a command reports its effect, and does not accept it', async () => {
  const world = engineWorld()
  world.feed.records = [1, 2, 3].map((at) => ({ id: `e${at}`, at: minute(at) }))
  const job = jobOf(world)
  await world.run(job)
  const backfill = { force: true, from: minute(1), to: minute(3) }
  const promise = await world.dryRun(job, backfill)

  expect(promise).toMatchObject({ rows: 2, repeated: 1 })
  expect(promise.notes.join()).toContain('is sent again and counts twice')
  expect(world.stateOf(job)).toMatchObject({ commands: [], backfills: [] })
  await expect(world.dryRun(job, { from: minute(1), to: minute(3) })).rejects.toMatchObject({
    code: 'params-invalid',
  })
})

describe('a dry run asks the live target', () => {
  const fault = { level: 'fault', subject: 'eVar7', message: 'is not among the variables' } as const

  it('whether the rows fit, and names what does not', async () => {
    const world = engineWorld()
    world.feed.records = [{ id: 'e1', at: minute(1), value: 5 }]
    const asked: unknown[] = []
    world.list.check = (rows) => {
      asked.push(...rows)
      return { kind: 'checked', findings: [fault, { ...fault, level: 'note' }] }
    }

    const report = await world.dryRun(jobOf(world))

    expect(report).toMatchObject({ outcome: 'partial', reason: 'dry-run, target-mismatch', rows: 1 })
    expect(report.checks).toHaveLength(2)
    expect(report.notes.filter((text) => text.includes('eVar7'))).toEqual([
      'The target does not fit the definition: eVar7 is not among the variables.',
    ])
    expect(asked).toEqual([rowOf({ id: 'e1', at: minute(1), value: 5 })])
    expect(world.hits()).toEqual([])
  })

  it.each<[string, () => CheckAnswer, string]>([
    ['refuses', () => ({ kind: 'not-permitted', message: 'HTTP 403' }), 'not-permitted: HTTP 403'],
    ['asks for a pause', () => ({ kind: 'throttled', retryAfterMs: 1 }), 'throttled: too many requests'],
    [
      'lacks an input',
      () => {
        throw new JobError('input-missing', 'The input COMPANY is not set.', 'Set it.')
      },
      'The input COMPANY is not set. Set it.',
    ],
  ])('and goes on with a note where it %s', async (_, check, said) => {
    const world = engineWorld()
    world.feed.records = [{ id: 'e1', at: minute(1) }]
    world.list.check = check

    const report = await world.dryRun(jobOf(world))

    expect(report).toMatchObject({ outcome: 'succeeded', reason: 'dry-run', checks: [] })
    expect(report.notes).toContain(`The target could not be asked whether the definition fits: ${said}`)
  })
})

describe('a dry run that keeps files', () => {
  const jobOfTen = (world: EngineWorld) => {
    world.feed.records = Array.from({ length: 10 }, (_, index) => ({ id: `e${index}`, at: minute(index) }))
    return jobOf(world)
  }

  it('stores exactly the files that the run then sends, and the run is not disturbed by them', async () => {
    const world = engineWorld()
    const job = jobOfTen(world)

    const dry = await world.dryRun(job, {}, true)
    const kept = dry.kept?.files.map((file) => world.store.files.get(`${dry.kept?.folder}${file}`)?.body)
    const report = await world.run(job)

    expect(dry.kept?.folder).toMatch(/^dry-runs\/job\/activation-/)
    expect(dry.notes.join(' ')).toContain(`4 files lie in App Builder Files under ${dry.kept?.folder}`)
    expect(kept?.map(String).join('')).toBe(
      world
        .hits()
        .map((hit) => `${hit}\n`)
        .join(''),
    )
    expect(report).toMatchObject({ outcome: 'succeeded', rows: 10 })
  })

  it('deletes those of the dry run before, and keeps rejects too', async () => {
    const world = engineWorld()
    const job = jobOfTen(world)
    const first = await world.dryRun(job, {}, true)
    await world.run(job)
    world.feed.records = [{ id: 'bad\n', at: minute(11) }]

    const second = await world.dryRun(job, {}, true)

    const stored = [...world.store.files.keys()].filter((path) => path.startsWith('dry-runs/'))
    expect(stored).toEqual(second.kept?.files.map((file) => `${second.kept?.folder}${file}`))
    expect(second.kept?.files).toEqual([expect.stringMatching(/\.jsonl$/)])
    expect(second.kept?.folder).not.toBe(first.kept?.folder)
  })

  it('stores nothing unless it is asked to', async () => {
    const world = engineWorld()
    const dry = await world.dryRun(jobOfTen(world))

    expect(dry.kept).toBeNull()
    expect(world.store.files.size).toBe(0)
  })
})

describe('a dry run has a sample validated by the destination', () => {
  it.each<[string, VerifyAnswer, string | null, string]>([
    ['takes it', { kind: 'valid' }, null, 'Nothing was written'],
    [
      'finds fault',
      { kind: 'invalid', message: 'Row 1.' },
      'target-mismatch',
      'finds fault with 2 sample rows: Row 1.',
    ],
    ['is out of order', { kind: 'unknown', message: 'HTTP 502' }, null, 'could not be asked'],
  ])('where it %s', async (_, answer, reason, said) => {
    const world = engineWorld()
    world.list.partitions = 2
    world.list.verify = answer
    world.feed.records = [1, 2, 3].map((at) => ({ id: `e${at}`, at: minute(at), visitor: at }))

    const report = await world.dryRun(jobOf(world))

    expect(report.reason).toBe(reason === null ? 'dry-run' : `dry-run, ${reason}`)
    expect(report.notes.join(' ')).toContain(said)
    expect(world.list.verified).toEqual(['e1\ne3\n'])
  })
})
