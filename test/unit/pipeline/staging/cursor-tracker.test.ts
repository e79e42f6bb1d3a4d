import fc from 'fast-check'
import { trackCursor } from '../../../../src/pipeline/staging/cursor-tracker'

interface Item {
  readonly at: string
  readonly id: number
}

/** Reads items from a cursor on, inclusively, and stops after `take` new ones. */
function readOn(
  items: readonly Item[],
  cursor: ReturnType<ReturnType<typeof trackCursor>['cursor']>,
  take: number,
) {
  const tracker = trackCursor(cursor, 1, false)
  const taken: number[] = []
  for (const item of items.filter(({ at }) => at >= (cursor?.position ?? ''))) {
    if (taken.length === take) break
    if (tracker.take(item, item.at, null) === 'new') taken.push(item.id)
  }
  return { taken, cursor: tracker.cursor() }
}

it('however a read is cut into runs, each item is taken once, ties and exact duplicates included', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.constantFrom('a', 'b', 'c'), id: fc.nat(2) }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }),
      (drawn, cuts) => {
        const items = [...drawn].sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : 0))
        let cursor: ReturnType<typeof readOn>['cursor'] = null
        const all: number[] = []
        for (const cut of [...cuts, Infinity]) {
          const step = readOn(items, cursor, cut)
          all.push(...step.taken)
          cursor = step.cursor
        }
        expect(all.sort()).toEqual(items.map(({ id }) => id).sort())
      },
    ),
  )
})

it('a source that goes back is caught', () => {
  const tracker = trackCursor(null, 1, false)
  tracker.take({ id: 1 }, 'b', null)

  expect(() => tracker.take({ id: 2 }, 'a', null)).toThrow(
    expect.objectContaining({ code: 'source-order' }) as Error,
  )
})

it('a record that could not be read is not taken twice either', () => {
  const first = trackCursor(null, 1, false)
  first.take({ id: 1 }, 'a', null)
  first.take('broken', null, null)

  const second = trackCursor(first.cursor(), 1, false)

  expect(second.take({ id: 1 }, 'a', null)).toBe('repeated')
  expect(second.take('broken', null, null)).toBe('repeated')
  expect(second.take({ id: 2 }, 'b', null)).toBe('new')
})
