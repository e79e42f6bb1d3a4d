import { fullRefresh } from '../../src/definition/full-refresh'
import { engineWorld, jobOf, minute } from '../fixtures/engine-world'
import { scriptedDestination } from '../fixtures/scripted-destination'
import type { DestinationDefinition, EncodedRow } from '../../src/destinations/destination'
import type { List, ListRow } from '../fixtures/scripted-destination'

/** Rows of one id are one row: they are put together where `sums`, else rejected. */
function keyedRows(list: List, sums: boolean): DestinationDefinition<ListRow> {
  const plain = scriptedDestination(list, 'keyed')
  return {
    ...plain,
    open(context) {
      const destination = plain.open(context)
      const encode: typeof destination.format.encode = (row) => {
        const encoded = destination.format.encode(row)
        return encoded.kind === 'row' ? { ...encoded, rowKey: row.id } : encoded
      }
      const merge = (a: EncodedRow, b: EncodedRow) => ({ ...a, line: `${a.line.trimEnd()}+${b.line}` })
      return { ...destination, format: { ...destination.format, encode, ...(sums ? { merge } : {}) } }
    },
  }
}

const sync = fullRefresh({ primaryKey: ['id', 'at'], onVanished: 'keep' })
const events = [
  { id: 'a', at: minute(0), value: 1 },
  { id: 'b', at: minute(1), value: 2 },
  { id: 'a', at: minute(2), value: 3 },
]

it('rows of the same key are merged in one commit, and each of their records counts as sent', async () => {
  const world = engineWorld()
  world.feed.records = events
  const job = jobOf(world, { sync, destination: keyedRows(world.list, true) })

  const first = await world.run(job)
  const second = await world.run(job)

  expect(first).toMatchObject({ outcome: 'succeeded', records: 3, rows: 2, rejects: 0 })
  expect(world.hits()).toEqual(['a=1+a=3', 'b=2'])
  expect(second).toMatchObject({ records: 3, repeated: 3, rows: 0 })
})

it('a repeated key is a reject that is sent only when a person asks for it', async () => {
  const world = engineWorld()
  world.feed.records = events
  const job = jobOf(world, { sync, destination: keyedRows(world.list, false) })

  const first = await world.run(job)
  const second = await world.run(job)
  const sentByItself = world.hits()
  const asked = await world.run(job, { resolve: 'rejects', as: 'resend' })

  expect(first).toMatchObject({ rows: 2, rejectsByReason: { 'row-repeated': 1 } })
  expect(second).toMatchObject({ repeated: 3, rows: 0 })
  expect(sentByItself).toEqual(['a=1', 'b=2'])
  expect(asked).toMatchObject({ outcome: 'succeeded', rows: 1 })
  expect(world.hits()).toEqual(['a=1', 'b=2', 'a=3'])
})
