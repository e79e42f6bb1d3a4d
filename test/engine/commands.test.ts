import { JobError } from '../../src/errors'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import { scriptedSource } from '../fixtures/scripted-source'
import * as z from 'zod'
import type { Job } from '../../src/definition/job'
import type { Command } from '../../src/pipeline/run-context'
import type { EngineWorld } from '../fixtures/engine-world'

const records = [1, 2, 3].map((at) => ({ id: `e${at}`, at: minute(at), value: at }))
const Strict = Event.extend({ value: z.literal(1) })
const keyed = incremental({ cursor: atInstant, primaryKey: 'id' })
const refused = new JobError('source-refused', 'HTTP 400.', 'Check it.')

interface Given {
  readonly job: Job
  readonly command: Partial<Command>
}

/** Brings a job to where the command makes sense. */
const commands: Readonly<Record<string, (world: EngineWorld) => Promise<Given>>> = {
  async 'a backfill'(world) {
    const job = jobOf(world)
    await world.run(job)
    return { job, command: { force: true, from: minute(1), to: minute(3) } }
  },
  async 'an end of a backfill'(world) {
    const job = jobOf(world)
    await world.run(job)
    world.feed.error = refused
    await world.run(job, { force: true, from: minute(1), to: minute(3) })
    world.feed.error = null
    return { job, command: { resolve: world.stateOf(job).backfills[0]?.name, as: 'drop' } }
  },
  async 'a replay'(world) {
    await world.run(jobOf(world, { sync: keyed, record: Strict }))
    return { job: jobOf(world, { sync: keyed }), command: { resolve: 'rejects', as: 'resend' } }
  },
  async 'rejects that are given up'(world) {
    const job = jobOf(world, { sync: keyed, record: Strict })
    await world.run(job)
    return { job, command: { resolve: 'rejects', as: 'drop' } }
  },
  async 'a slice that is left out'(world) {
    const sync = sliced({ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-20' })
    const job = jobOf(world, { sync })
    world.feed.error = refused
    await world.run(job)
    world.feed.error = null
    return { job, command: { resolve: 'slice-20261120T000000Z', as: 'drop' } }
  },
  async 'a batch that is sent again'(world) {
    const job = jobOf(world)
    world.list.fates.push({ kind: 'rejected', message: 'no' })
    const { held } = await world.run(job)
    return { job, command: { resolve: held[0]?.batch, as: 'resend' } }
  },
  async 'a batch that is given up'(world) {
    const job = jobOf(world)
    world.list.fates.push({ kind: 'rejected', message: 'no' })
    const { held } = await world.run(job)
    return { job, command: { resolve: held[0]?.batch, as: 'drop' } }
  },
  async 'a lifted block'(world) {
    const job = jobOf(world)
    world.feed.records = [records[2], records[0], records[1]]
    world.feed.pageSize = 1
    await world.run(job)
    return { job, command: { resolve: 'source-order', as: 'continue' } }
  },
  async 'a continued definition'(world) {
    await world.run(jobOf(world))
    const job = jobOf(world, { source: scriptedSource(world.feed, { version: 2 }) })
    return { job, command: { resolve: 'definition', as: 'continue', from: minute(2) } }
  },
  async 'a continued regrouping'(world) {
    const job = jobOf(world)
    await world.run(job)
    world.list.partitions = 2
    await world.run(job)
    return { job, command: { resolve: 'regrouping', as: 'continue' } }
  },
}

describe.each(Object.entries(commands))('%s', (_, prepare) => {
  it('that is given three times is accepted once', async () => {
    const world = engineWorld()
    world.feed.records = records
    const { job, command } = await prepare(world)
    const first = await world.run(job, command)
    expect(first.reason).not.toBe('params-invalid')
    await world.run(job)
    const hits = [...world.hits()]

    for (let times = 0; times < 2; times += 1) {
      const repeated = await world.run(job, command)
      expect(repeated.notes.join()).toContain(`The same command was accepted by run ${first.run}`)
    }
    await world.run(job)
    expect(world.hits()).toEqual(hits)
    expect(world.stateOf(job).backfills).toEqual([])
  })

  it('that is given again while the first run is at work is accepted once', async () => {
    const world = engineWorld()
    world.feed.records = records
    const { job, command } = await prepare(world)
    const accepted = () =>
      world.stateOf(job).commands.some(({ content }) => content.includes(firstOf(command)))
    await world.kill(job, ({ kind }) => kind === 'write' && accepted(), command)
    const meanwhile = await world.run(job, command)

    expect(meanwhile).toMatchObject({ outcome: 'skipped', reason: 'command-repeated' })
    expect(meanwhile.notes.join()).toContain('The same command was accepted')
    await world.pass(20 * minuteMs)
    await world.run(job, command)
    await world.run(job, command)
    expect(
      world.stateOf(job).commands.filter(({ content }) => content.includes(firstOf(command))),
    ).toHaveLength(1)
  })
})

/** What tells the command from others. */
function firstOf({ resolve, from, as }: Partial<Command>): string {
  return JSON.stringify(resolve === undefined ? { from } : { resolve, as }).slice(1, -1)
}
