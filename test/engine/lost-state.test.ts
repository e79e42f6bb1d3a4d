import { engineWorld, jobOf, minute } from '../fixtures/engine-world'
import { scriptedDestination } from '../fixtures/scripted-destination'
import type { Destination } from '../../src/destinations/destination'
import type { Job } from '../../src/definition/job'
import type { EngineWorld } from '../fixtures/engine-world'

const records = Array.from({ length: 10 }, (_, index) => ({ id: `e${index}`, at: minute(index) }))

/** A job that notes the batches it looks up. */
function watchedJob(world: EngineWorld, kind: 'keyed' | 'named') {
  const asked: string[] = []
  const definition = scriptedDestination(world.list, kind as 'keyed')
  const open: Job['destination']['open'] = (context) => {
    const destination = definition.open(context) as Destination
    const { delivery } = destination
    if (delivery.kind === 'upsert') return destination
    const lookup: typeof delivery.lookup = (batch: { id: string }, ...rest: never[]) => {
      asked.push(batch.id)
      return (delivery.lookup as (...all: unknown[]) => never)(batch, ...rest)
    }
    return { ...destination, delivery: { ...delivery, lookup } } as Destination
  }
  return { asked, job: jobOf(world, { destination: { ...definition, open } }) }
}

describe.each(['keyed', 'named'] as const)('a job whose whole state is lost (%s)', (kind) => {
  it('looks every batch up before it sends it, so that nothing is sent twice', async () => {
    const world = engineWorld()
    world.feed.records = records
    const { asked, job } = watchedJob(world, kind)
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded' })
    const sent = world.list.stored.map(({ id }) => id)
    asked.length = 0
    world.store.files.clear()
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', confirmed: sent.length })

    expect(asked.sort()).toEqual([...sent].sort())
    expect(world.hits()).toEqual(records.map(({ id }) => id))
  })

  it('makes no further lookup once everything was delivered', async () => {
    const world = engineWorld()
    world.feed.records = records
    const { asked, job } = watchedJob(world, kind)
    await world.run(job)
    asked.length = 0
    world.feed.records = [...records, { id: 'new', at: minute(11) }]
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded', rows: 1 })

    expect(asked).toEqual([])
  })
})
