import fc from '../../../fixtures/fast-check'
import { createWordTable } from '../../../../src/pipeline/extraction/word-table'

/** Few values, so that keys come again; those of 32 bits lie in different shards. */
const word = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0x8000_0000, 0xffff_fff0, 0xffff_ffff))
const keys = fc.array(fc.tuple(word, word), { maxLength: 300 })

it('a table of words knows each key that was claimed, with its last value, and counts it once', () => {
  fc.assert(
    fc.property(keys, keys, (claimed, others) => {
      const table = createWordTable(3)
      const known = new Map<string, number>()
      for (const [index, [high, low]] of claimed.entries()) {
        const { words, at } = table.claim(high, low)
        expect(words[at + 2]).toBe(known.get(`${high} ${low}`) ?? 0)
        words[at + 2] = index + 1
        known.set(`${high} ${low}`, index + 1)
      }

      expect(table.size).toBe(known.size)
      for (const [high, low] of [...claimed, ...others]) {
        const slot = table.find(high, low)
        expect(slot?.words[slot.at + 2]).toBe(known.get(`${high} ${low}`))
      }
      const stored = [...table.slots()].map(
        ({ words, at }) => [`${words[at]} ${words[at + 1]}`, words[at + 2]] as const,
      )
      expect(stored).toEqual([...known])
    }),
  )
})

it('a table of words finds every key after its blocks and its index have grown', () => {
  const table = createWordTable(3)
  const keyOf = (id: number) => [Math.imul(id, 0x9e3779b1) >>> 0, id] as const
  const count = 5_000
  for (let id = 0; id < count; id += 1) {
    const { words, at } = table.claim(...keyOf(id))
    words[at + 2] = id + 1
  }

  const found = Array.from({ length: count }, (_, id) => {
    const slot = table.find(...keyOf(id))
    return slot?.words[slot.at + 2]
  })

  expect(found).toEqual(Array.from({ length: count }, (_, id) => id + 1))
  expect(table.find(...keyOf(count))).toBeNull()
})
