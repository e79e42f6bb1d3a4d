import { classificationWorld } from '../fixtures/classification-world'
import { hourMs } from '../fixtures/engine-world'
import type { Accident, Step } from '../fixtures/classification-world'

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const namesOf = (version: string) => Object.fromEntries(keys.map((key) => [key, `${key} ${version}`]))

/** Every request of an import as JSON, and of one as a file. */
const ways: readonly (readonly [way: string, settings: object, steps: readonly Step[]])[] = [
  ['JSON', {}, ['discover', 'dataset', 'json', 'poll']],
  ['a file', { classificationJsonBytes: 0 }, ['discover', 'dataset', 'create', 'upload', 'commit', 'poll']],
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
  expect(world.requests.slice(before)).toEqual(['discover', 'dataset', 'json', 'poll'])
  expect(world.stored()).toEqual({ ...namesOf('old'), c: 'c new', h: 'h new' })
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
