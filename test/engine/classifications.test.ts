import { classificationWorld } from '../fixtures/classification-world'
import { hourMs } from '../fixtures/engine-world'
import type { Accident, Step } from '../fixtures/classification-world'

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const namesOf = (version: string) => Object.fromEntries(keys.map((key) => [key, `${key} ${version}`]))

/** Every request of an import as JSON, and of one as a file. */
const ways: readonly (readonly [way: string, settings: object, steps: readonly Step[]])[] = [
  ['JSON', {}, ['discover', 'dataset', 'reports', 'json', 'poll']],
  [
    'a file',
    { classificationJsonBytes: 0 },
    ['discover', 'dataset', 'reports', 'create', 'upload', 'commit', 'poll'],
  ],
]
const accidents: readonly Accident[] = [
  'answer-lost',
  'request-lost',
  'late',
  'killed-before',
  'killed-after',
  'frozen',
]
const small = { classificationRows: 3, classificationUnderWay: 2, classificationRequestMs: 0 }

describe.each(ways)('an import as %s', (_way, way, steps) => {
  const cases = steps.flatMap((step) => accidents.map((accident) => [accident, step] as const))

  it.each(cases)(
    'that meets "%s" at its %s ends with the last value of every key',
    async (accident, step) => {
      // A process is frozen before a request that the one before it tells: batches must not alternate then.
      const rows = accident === 'frozen' ? {} : small
      const world = classificationWorld({ ...rows, classificationRequestMs: 0, ...way })
      world.service.knobs.importMs = { validated: 10_000, processing: 20_000, completed: 90_000 }
      world.source(namesOf('old'))
      const end = await world.runInto(accident, step)
      world.source(namesOf('new'))
      await world.engine.pass(hourMs / 2)

      await world.settle()
      await end()
      await world.engine.pass(2 * hourMs)

      expect(world.requests).toContain(step)
      expect(world.stored()).toEqual(namesOf('new'))
      expect(world.engine.stateOf(world.job).outbox).toEqual([])
    },
  )
})

it('a second run sends new and changed keys, and nothing else', async () => {
  const world = classificationWorld(small)
  world.source(namesOf('old'))
  await world.settle()
  const before = world.requests.length
  world.source({ ...namesOf('old'), c: 'c new', h: 'h new' })

  const report = await world.engine.run(world.job)

  expect(report).toMatchObject({ records: 8, repeated: 6, rows: 2, confirmed: 1 })
  expect(world.requests.slice(before)).toEqual(['discover', 'dataset', 'reports', 'json', 'poll'])
  expect(world.stored()).toEqual({ ...namesOf('old'), c: 'c new', h: 'h new' })
})

it('the report and the log name the suites and variables that show the set, before the first import', async () => {
  const world = classificationWorld(small)
  world.source(namesOf('old'))

  const planned = await world.engine.dryRun(world.job)
  const before = world.requests.filter((step) => step === 'json')
  const report = await world.engine.run(world.job)
  await world.settle()
  const idle = await world.engine.run(world.job)

  const said = expect.stringMatching(
    /The classification set .* is subscribed to suite variables\/evar1\./,
  ) as string
  expect(planned.notes).toContainEqual(said)
  expect(before).toEqual([])
  expect(report.notes).toContainEqual(said)
  expect(idle.notes).not.toContainEqual(said)
})

it('an import that fails is sent again, and held after the third time', async () => {
  const world = classificationWorld(small)
  world.source({ a: 'x' })
  world.service.knobs.breaksNext = 3
  await world.settle()

  world.source({ a: 'y' })
  world.service.knobs.breaksNext = 4
  const report = await world.engine.run(world.job)

  expect(world.stored()).toEqual({ a: 'x' })
  expect(report).toMatchObject({ outcome: 'failed', held: [{ code: 'processing-failed', rows: 1 }] })
})

it('an import job that becomes visible late is polled until it is found', async () => {
  const world = classificationWorld(small)
  world.service.knobs.jobLagMs = 30 * 60_000
  world.source({ a: 'x' })

  const first = await world.engine.run(world.job)
  await world.engine.pass(hourMs)
  await world.settle()

  expect(first).toMatchObject({ outcome: 'partial', pending: 1 })
  expect(world.requests.filter((step) => step === 'json')).toHaveLength(1)
  expect(world.stored()).toEqual({ a: 'x' })
})

describe('keys that never occurred', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, id) => [`k${id}`, 'x']))

  it('cost server calls: a commit of more than the job allows waits for a person', async () => {
    const world = classificationWorld({}, { serverCallLimit: 9 })
    world.source(many(20))
    world.occur(Object.keys(many(10)))

    const report = await world.engine.run(world.job)

    const { plan } = world.engine.stateOf(world.job)
    expect(report.outcome).toBe('partial')
    expect(plan).toMatchObject({ rows: 20, serverCalls: 10, reasons: [{ code: 'server-calls' }] })
    expect(plan?.reasons[0]?.message).toContain('10 of 20 sampled keys did not occur in the last 90 days')
    expect(plan?.notes[0]).toContain('is subscribed to suite variables/evar1')
    expect(world.stored()).toEqual({})
  })

  it('are sent once a person has approved the plan', async () => {
    const world = classificationWorld({}, { serverCallLimit: 9 })
    world.source(many(20))
    await world.engine.run(world.job)

    await world.engine.run(world.job, { approve: world.engine.stateOf(world.job).plan?.id })
    await world.settle()

    expect(world.stored()).toEqual(many(20))
  })

  it('are sent at once where they are as many as the job allows', async () => {
    const world = classificationWorld({}, { serverCallLimit: 10 })
    world.source(many(20))
    world.occur(Object.keys(many(10)).map((key) => key.toUpperCase()))
    await world.settle()

    expect(world.stored()).toEqual(many(20))
  })

  it('are estimated from a sample of 200, in requests of 50', async () => {
    const world = classificationWorld({}, { serverCallLimit: 5_999 })
    world.source(many(6_000))

    await world.engine.run(world.job)

    expect(world.requests.filter((step) => step === 'reports')).toHaveLength(4)
    expect(world.engine.stateOf(world.job).plan).toMatchObject({ serverCalls: 6_000 })
  })

  it('are all counted where the reports cannot be asked', async () => {
    const world = classificationWorld({}, { serverCallLimit: 9 })
    world.source(many(10))
    world.occur(Object.keys(many(10)))
    await world.runInto('request-lost', 'reports')

    const { plan } = world.engine.stateOf(world.job)
    expect(plan).toMatchObject({ serverCalls: 10 })
    expect(plan?.reasons[0]?.message).toContain('reports could not be asked')
  })
})
