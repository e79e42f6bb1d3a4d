import { fullRefresh } from '../../src/definition/full-refresh'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, Event, hourMs, jobOf, minute } from '../fixtures/engine-world'
import type { EngineWorld } from '../fixtures/engine-world'
import type { Job } from '../../src/definition/job'

const slices = sliced({ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-20' })

/** A world whose source sends records of two partitions in no order. */
function disorderly(): EngineWorld {
  const world = engineWorld()
  world.list.partitions = 2
  world.feed.records = [9, 2, 7, 4, 5, 6, 3, 8].map((at) => ({
    id: `e${at}`,
    at: minute(at),
    visitor: at % 2,
  }))
  return world
}

function linesByPartition({ list }: EngineWorld): readonly string[] {
  const partitions = [...new Set(list.stored.map(({ partition }) => partition))].sort()
  return partitions.map((name) =>
    list.stored
      .filter(({ partition }) => partition === name)
      .flatMap(({ lines }) => lines)
      .join(' '),
  )
}

const inOrder = ['e2 e4 e6 e8', 'e3 e5 e7 e9']

it.each<[string, Job['sync']]>([
  ['a full refresh', fullRefresh({ primaryKey: 'id' })],
  ['a slice', slices],
])(
  '%s sends the rows of each partition in the order of time, whatever the order of its source',
  async (_, sync) => {
    const world = disorderly()
    world.list.batchRows = 2
    await world.run(jobOf(world, { sync }))

    expect(linesByPartition(world)).toEqual(inOrder)
  },
)

it('a replay sends the rows of each partition in the order of time, whatever the order of their rejection', async () => {
  const world = disorderly()
  const strict = Event.refine(() => false)
  await world.run(jobOf(world, { sync: slices, record: strict }))
  expect(world.hits()).toEqual([])

  await world.pass(2 * hourMs)
  await world.run(jobOf(world, { sync: slices }), { resolve: 'rejects', as: 'resend' })

  expect(linesByPartition(world)).toEqual(inOrder)
})
