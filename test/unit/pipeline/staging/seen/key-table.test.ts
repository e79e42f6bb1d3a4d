import fc from 'fast-check'
import {
  createKeyTable,
  decodeEntries,
  encodeEntries,
} from '../../../../../src/pipeline/staging/seen/key-table'

const word = fc.integer({ min: 0, max: 0xffff_ffff })
const entry = fc.record({
  high: word,
  low: word,
  content: fc.integer({ min: 0, max: 0x7fff_ffff }),
  sent: fc.boolean(),
})

it('finds what was put last under a key, through growth and through its own file format', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 2_000, size: 'max' }), (entries) => {
      const table = createKeyTable()
      for (const one of [...decodeEntries(encodeEntries(entries))]) table.put(one)
      const expected = new Map(entries.map((one) => [`${one.high}/${one.low}`, one]))
      expect(table.size).toBe(expected.size)
      for (const { high, low, content, sent } of expected.values())
        expect(table.find(high, low)).toEqual({ content, sent })
      expect([...table.entries()]).toHaveLength(expected.size)
    }),
    { numRuns: 30 },
  )
})

it('knows nothing that was not put', () => {
  expect(createKeyTable().find(1, 2)).toBeNull()
})
