import { engineWorld, jobOf, minute } from '../fixtures/engine-world'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'

const plain = (id: number) => ({ id: `r${id}`, at: minute(id), value: id })
const drifted = { ...plain(5), colour: 'red' }
const reported = [{ field: 'colour', change: 'unknown', records: 1, example: '"red"' }]

function worldOf(...records: readonly unknown[]): EngineWorld {
  const world = engineWorld()
  world.feed.records = records
  return world
}

const withPolicy = (world: EngineWorld, drift?: Job['drift']) => jobOf(world, drift ? { drift } : {})

describe('records that differ from the schema', () => {
  it.each([undefined, 'allow', 'warn'] as const)(
    'are sent and reported under the policy %s',
    async (policy) => {
      const world = worldOf(plain(1), drifted)

      const report = await world.run(withPolicy(world, policy))

      expect(report).toMatchObject({ outcome: 'succeeded', taken: 2, drift: reported })
      expect(world.stateOf(withPolicy(world)).reports[0]?.drift).toEqual(reported)
      expect(report.notes.filter((note) => note.includes('unknown colour'))).toHaveLength(
        policy === 'warn' ? 1 : 0,
      )
    },
  )

  it('end the run under the policy fail, before anything of their page is committed', async () => {
    const world = worldOf(plain(1), drifted)
    const job = withPolicy(world, 'fail')

    const report = await world.run(job)

    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'source-drift' }, drift: reported })
    expect(report.error?.message).toContain('unknown colour')
    expect([world.hits(), world.stateOf(job).cursor]).toEqual([[], null])
  })

  it('are sent once the author declares the policy warn', async () => {
    const world = worldOf(plain(1), drifted)
    await world.run(withPolicy(world, 'fail'))

    expect(await world.run(withPolicy(world, 'warn'))).toMatchObject({ outcome: 'succeeded', taken: 2 })
    expect(world.hits()).toHaveLength(2)
  })

  it('show in a dry run', async () => {
    const world = worldOf(drifted)

    expect(await world.dryRun(withPolicy(world, 'warn'))).toMatchObject({
      drift: reported,
      notes: expect.arrayContaining([expect.stringContaining('unknown colour')]) as string[],
    })
  })

  it('are not counted again where a reject is replayed', async () => {
    const world = worldOf({ id: 'r1', at: 'never', colour: 'red' })
    const job = withPolicy(world)
    await world.run(job)

    const replay = await world.run(job, { resolve: 'rejects', as: 'resend' })

    expect(replay.drift?.[0]?.records).toBe(1)
  })
})

it('no report has drift where records match the schema', async () => {
  const world = worldOf(plain(1))

  expect(await world.run(withPolicy(world, 'fail'))).not.toHaveProperty('drift')
})

it('a policy that does not exist is a fault of the job', () => {
  const world = engineWorld()

  expect(jobOf(world, { drift: 'ignore' as never }).faults).toEqual([
    'drift: must be "allow", "warn" or "fail"',
  ])
})
