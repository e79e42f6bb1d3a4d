import * as z from 'zod'
import { JobError } from '../../src/errors'
import { fullRefresh } from '../../src/definition/full-refresh'
import { classificationWorld } from '../fixtures/classification-world'
import { engineWorld, hourMs, jobOf, minute } from '../fixtures/engine-world'
import { scriptedDestination } from '../fixtures/scripted-destination'
import type { Job } from '../../src/definition/job'
import type { ClassificationWorld } from '../fixtures/classification-world'

const sync = fullRefresh({ primaryKey: 'id', onChange: 'send', onVanished: 'delete-key' })
const Named = z.object({ id: z.string(), name: z.string() })
const small = { classificationRows: 20, classificationRequestMs: 0 }

function names(count: number, from = 0): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [`k${from + id}`, `name ${from + id}`]))
}

/** A world whose service has the names already. */
async function worldWith(stored: Readonly<Record<string, string>>): Promise<ClassificationWorld> {
  const world = classificationWorld(small, { sync })
  world.source(stored)
  await world.settle()
  return world
}

it('the key of a record that vanishes is deleted, and no other', async () => {
  const world = await worldWith(names(7))
  const left = names(6)
  world.source(left)

  const report = await world.engine.run(world.job)

  expect(report).toMatchObject({ outcome: 'succeeded', records: 6, repeated: 6, rows: 1, deletions: 1 })
  expect(world.stored()).toEqual(left)
  expect(world.engine.stateOf(world.job).rowKeys).toMatchObject({ keys: 6 })
})

describe('the arrival of a deletion', () => {
  /** A world that has deleted one of seven keys, an hour ago. */
  async function worldWithout(): Promise<ClassificationWorld> {
    const world = await worldWith(names(7))
    await world.engine.pass(hourMs)
    await world.engine.verify(world.job)
    world.source(names(6))
    await world.settle()
    await world.engine.pass(hourMs)
    return world
  }

  it('is counted once an export shows the key no more', async () => {
    const world = await worldWithout()
    world.service.knobs.deletedKeys = 'empty'

    expect(await world.engine.verify(world.job)).toMatchObject({
      outcome: 'succeeded',
      confirmed: { batches: 2, rows: 8 },
      arrived: { batches: 2, rows: 8 },
      waiting: { batches: 0 },
    })
  })

  it('is missing where the set has the key again after two days, with the causes', async () => {
    const world = await worldWithout()
    world.overwrite('k6', 'by a person')
    const early = await world.engine.verify(world.job)
    await world.engine.pass(48 * hourMs)

    expect(early).toMatchObject({ outcome: 'succeeded', waiting: { batches: 1, rows: 1 } })
    expect(await world.engine.verify(world.job)).toMatchObject({
      outcome: 'failed',
      error: { code: 'arrival-missing' },
      arrived: { batches: 1, rows: 7 },
      missing: [{ rows: 1, found: 0, causes: ['key-set-again', 'latency'] }],
    })
  })
})

it('a key is deleted once', async () => {
  const world = await worldWith(names(7))
  world.source(names(6))
  await world.settle()

  const report = await world.engine.run(world.job)

  expect(report).toMatchObject({ records: 6, rows: 0, deletions: 0 })
})

/** The job, whose rows go to another set. */
function elsewhere(job: Job): Job {
  return {
    ...job,
    destination: {
      ...job.destination,
      open(context) {
        const destination = job.destination.open(context)
        const { identity, partition } = destination
        return {
          ...destination,
          identity: { ...identity, target: 'another set' },
          partition: { ...partition, fingerprint: 'another set' },
        }
      },
    },
  }
}

it('a record that comes back after its key was deleted is sent again', async () => {
  const world = await worldWith(names(7))
  world.source(names(6))
  await world.settle()
  world.source(names(7))

  const report = await world.engine.run(world.job)

  expect(report).toMatchObject({ taken: 1, repeated: 6, rows: 1, deletions: 0 })
  expect(world.stored()).toEqual(names(7))
})

it('new, changed and vanished keys travel in one commit', async () => {
  const world = await worldWith(names(7))
  const now = { ...names(5), k0: 'changed', k9: 'new' }
  world.source(now)

  const report = await world.engine.run(world.job)

  expect(report).toMatchObject({ taken: 2, repeated: 4, rows: 4, deletions: 2 })
  await world.settle()
  expect(world.stored()).toEqual(now)
})

it('a job that keeps vanished keys deletes none, which is the default', async () => {
  const world = classificationWorld(small)
  world.source(names(7))
  await world.settle()
  world.source(names(6))
  await world.settle()

  expect(world.stored()).toEqual(names(7))
  expect(world.engine.stateOf(world.job).rowKeys).toBeNull()
})

describe('a mapping from records to keys', () => {
  /** The key is the name: records may share one, and change theirs. */
  async function sharedWorld(stored: Readonly<Record<string, string>>) {
    const world = classificationWorld(small, { sync })
    const job = {
      ...world.job,
      map: (record: unknown) => {
        const { name } = record as { name: string }
        return name === 'left out' ? null : { key: name, Name: name }
      },
    }
    world.source(stored)
    await world.engine.run(job)
    return { world, job }
  }

  it('that gives two records one key keeps it until both have vanished', async () => {
    const { world, job } = await sharedWorld({ a: 'one', b: 'one', c: 'two' })
    world.source({ b: 'one', c: 'two' })
    await world.engine.run(job)
    const between = world.stored()
    world.source({ c: 'two' })
    await world.engine.run(job)

    expect(between).toEqual({ one: 'one', two: 'two' })
    expect(world.stored()).toEqual({ two: 'two' })
  })

  it('that gives a changed record another key deletes the former one', async () => {
    const { world, job } = await sharedWorld({ a: 'one', b: 'two' })
    world.source({ a: 'three', b: 'two' })
    await world.engine.run(job)

    expect(world.stored()).toEqual({ three: 'three', two: 'two' })
  })

  it('that hands the key of a vanished record to a new one keeps it', async () => {
    const { world, job } = await sharedWorld({ a: 'one', b: 'two' })
    world.source({ c: 'one', b: 'two' })
    const report = await world.engine.run(job)

    expect(report).toMatchObject({ rows: 1, deletions: 0 })
    expect(world.stored()).toEqual({ one: 'one', two: 'two' })
  })

  it('that leaves a changed record out deletes its key', async () => {
    const { world, job } = await sharedWorld({ a: 'one', b: 'two' })
    world.source({ a: 'left out', b: 'two' })
    await world.engine.run(job)

    expect(world.stored()).toEqual({ two: 'two' })
  })
})

describe('a read that proves no absence', () => {
  it('with a record whose primary key is missing deletes nothing, and says so', async () => {
    const world = await worldWith(names(7))
    world.source(names(6))
    world.engine.feed.records = [...world.engine.feed.records, { name: 'without an id' }]

    const report = await world.engine.run(world.job)
    const between = world.stored()
    world.source(names(6))
    await world.settle()

    expect(report).toMatchObject({ rejectsByReason: { 'record-invalid': 1 }, deletions: 0 })
    expect(report.notes.join(' ')).toContain('without a readable primary key')
    expect(between).toEqual(names(7))
    expect(world.stored()).toEqual(names(6))
  })

  it('records the keys of the first records all the same, as no other was sent before', async () => {
    const world = classificationWorld(small, { sync })
    world.source(names(7))
    world.engine.feed.records = [...world.engine.feed.records, { name: 'without an id' }]
    await world.settle()
    world.source(names(6))

    const report = await world.engine.run(world.job)

    expect(report).toMatchObject({ deletions: 1 })
    expect(world.stored()).toEqual(names(6))
  })

  it('with a record that is rejected keeps the keys that it has', async () => {
    const world = await worldWith(names(7))
    world.source(names(6))
    world.engine.feed.records = [...world.engine.feed.records, { id: 'k6', name: 7 }]

    const report = await world.engine.run(world.job)

    expect(report).toMatchObject({ rejects: 1, deletions: 0 })
    expect(world.stored()).toEqual(names(7))
  })

  it('that only tries rejects again deletes nothing', async () => {
    const world = classificationWorld(small, { sync })
    const record = world.job.record
    const strict = { ...world.job, record: Named.refine(({ id }) => id !== 'k6') }
    world.source(names(7))
    await world.engine.run(strict)
    await world.engine.run(strict)

    const report = await world.engine.run({ ...strict, record }, { resolve: 'rejects', as: 'resend' })
    await world.settle()

    expect(report).toMatchObject({ healed: 1, deletions: 0 })
    expect(world.stored()).toEqual(names(7))
  })

  it('that the source breaks off deletes nothing', async () => {
    const world = await worldWith(names(7))
    world.source(names(3))
    world.engine.feed.error = new JobError('source-unreachable', 'The source broke off.', 'Run again.')
    world.engine.feed.failsAfter = 1

    const report = await world.engine.run(world.job)

    expect(report).toMatchObject({ outcome: 'failed' })
    expect(world.stored()).toEqual(names(7))
  })
})

describe('many deletions', () => {
  it('of more than a tenth of the keys and more than 20 wait for a person', async () => {
    const world = await worldWith(names(200))
    world.source(names(179))

    const report = await world.engine.run(world.job)

    expect(report).toMatchObject({ outcome: 'partial', reason: 'too-many-deletions', plan: { rows: 21 } })
    expect(report.plan?.reasons[0]?.message).toContain('deletes 21 of the 200 keys')
    expect(report.plan?.sample[0]).toBe('{"key":"k179","action":"delete-key"}\n')
    expect(world.stored()).toEqual(names(200))
  })

  it('of 20 keys, or of a tenth of them, are sent', async () => {
    const few = await worldWith(names(60))
    few.source(names(40))
    await few.settle()
    const tenth = await worldWith(names(210))
    tenth.source(names(189))
    await tenth.settle()

    expect(few.stored()).toEqual(names(40))
    expect(tenth.stored()).toEqual(names(189))
  })

  it('that an empty read asks for wait however few they are', async () => {
    const world = await worldWith(names(3))
    world.source({})

    const report = await world.engine.run(world.job)

    expect(report).toMatchObject({ outcome: 'partial', reason: 'too-many-deletions' })
    expect(report.plan?.reasons[0]?.message).toContain('returned no record')
    expect(world.stored()).toEqual(names(3))
  })

  it('are done once a person has approved them', async () => {
    const world = await worldWith(names(30))
    world.source(names(5))
    await world.engine.run(world.job)

    await world.engine.run(world.job, { approve: world.engine.stateOf(world.job).plan?.id })
    await world.settle()

    expect(world.stored()).toEqual(names(5))
  })

  it('that a person drops leave the keys for good, and records that come back are sent', async () => {
    const world = await worldWith(names(30))
    world.source(names(5))
    await world.engine.run(world.job)

    const dropped = await world.engine.run(world.job, { resolve: 'plan', as: 'drop' })
    await world.engine.pass(2 * hourMs)
    const later = await world.engine.run(world.job)
    const kept = world.stored()
    world.source({ ...names(5), k29: 'other name' })
    await world.settle()

    expect(dropped.outcome).toBe('succeeded')
    expect(later).toMatchObject({ rows: 0, deletions: 0 })
    expect(kept).toEqual(names(30))
    expect(world.engine.stateOf(world.job).rowKeys).toMatchObject({ keys: 6 })
    expect(world.stored()).toEqual({ ...names(30), k29: 'other name' })
  })
})

describe('a job that begins to delete', () => {
  it('records the keys that it has sent before, at its first whole read', async () => {
    const world = classificationWorld(small)
    world.source(names(7))
    await world.settle()
    const deleting = { ...world.job, sync }

    await world.engine.run(deleting)
    world.source(names(6))
    const report = await world.engine.run(deleting)
    await world.engine.pass(hourMs)
    await world.engine.run(deleting)

    expect(report).toMatchObject({ deletions: 1 })
    expect(world.stored()).toEqual(names(6))
  })

  it('says how many records had vanished before it knew their keys', async () => {
    const world = classificationWorld(small)
    world.source(names(7))
    await world.settle()
    world.source(names(6))

    const report = await world.engine.run({ ...world.job, sync })

    expect(report.notes.join(' ')).toContain('1 records vanished from the source before')
    expect(world.stored()).toEqual(names(7))
  })
})

it('a run that is killed at any write of its store deletes what it should, and leaves no orphan', async () => {
  for (let step = 0; ; step += 1) {
    const world = await worldWith(names(7))
    world.source({ ...names(5), k9: 'new' })
    let writes = 0
    const wasKilled = await world.engine
      .kill(world.job, ({ kind }) => kind === 'write' && writes++ === step)
      .then(
        () => true,
        () => false,
      )
    await world.engine.pass(hourMs)
    await world.settle()
    await world.engine.pass(hourMs)
    await world.settle()

    expect(world.stored()).toEqual({ ...names(5), k9: 'new' })
    const named = world.engine.stateOf(world.job).rowKeys?.parts.map(({ run, file }) => `${run}/${file}`)
    const lists = [...world.engine.store.files.keys()].filter((path) => path.includes('-keys.bin'))
    expect(lists.map((path) => path.split('/').slice(-2).join('/'))).toEqual(named)
    if (!wasKilled) {
      expect(step).toBeGreaterThan(5)
      break
    }
  }
})

describe('a destination whose rows replace each other, and whose target changes,', () => {
  const refresh = fullRefresh({ primaryKey: 'id', onChange: 'send' })
  const records = [1, 2, 3].map((number) => ({ id: `e${number}`, at: minute(number) }))

  async function movedWorld() {
    const world = engineWorld()
    world.feed.records = records
    const job = jobOf(world, { sync: refresh, destination: scriptedDestination(world.list, 'upsert') })
    await world.run(job)
    await world.run(job)
    return { world, job: elsewhere(job) }
  }

  it('gets nothing before a person decides: it has none of the records that are known as sent', async () => {
    const { world, job } = await movedWorld()

    const report = await world.run(job)

    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })
    expect(report.error?.message).toContain('target: list → another set')
    expect(world.hits()).toHaveLength(3)
  })

  it('gets every record once a person continues the definition, without a wait', async () => {
    const { world, job } = await movedWorld()
    await world.run(job)

    const report = await world.run(job, { resolve: 'definition', as: 'continue' })
    await world.run(job)

    expect(report).toMatchObject({ taken: 3, repeated: 0 })
    expect([...world.hits()].sort()).toEqual(['e1', 'e1', 'e2', 'e2', 'e3', 'e3'])
  })

  it('is no obstacle to a job whose earlier versions did not record the target', async () => {
    const { world, job } = await movedWorld()
    const state = world.stateOf(job)
    const path = `jobs/${job.name}/state.json`
    const before = world.store.files.get(path)
    if (!before || !state.counting) throw new RangeError('the job has no state')
    const body = Buffer.from(JSON.stringify({ ...state, counting: { ...state.counting, target: undefined } }))
    world.store.files.set(path, { ...before, body })

    expect(await world.run(job)).toMatchObject({ outcome: 'partial', reason: 'regrouping' })
  })

  it('changed before the keys of vanished records are deleted, deletes none of the former target', async () => {
    const world = await worldWith(names(7))
    const moved = elsewhere(world.job)
    world.source(names(6))
    await world.engine.run(moved)

    const report = await world.engine.run(moved, { resolve: 'definition', as: 'continue' })

    expect(report).toMatchObject({ taken: 6, deletions: 0 })
  })
})
