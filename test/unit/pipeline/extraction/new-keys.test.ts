import { createNewKeys } from '../../../../src/pipeline/extraction/new-keys'

function drawnOf(count: number) {
  const keys = createNewKeys()
  for (let key = 0; key < count; key += 1) keys.add(`${key}`)
  return { count: keys.count, sample: keys.sample.map(Number) }
}

it('a sample of up to 1,000 keys holds all of them', () => {
  expect(drawnOf(0)).toEqual({ count: 0, sample: [] })
  expect(drawnOf(1_000).sample).toEqual(Array.from({ length: 1_000 }, (_, key) => key))
})

it.each([1_001, 1_999, 2_000, 2_001, 50_000, 64_123])(
  'a sample of %d keys is drawn evenly from the first to the last',
  (count) => {
    const { sample } = drawnOf(count)
    const steps = new Set(sample.slice(1).map((key, index) => key - (sample[index] ?? 0)))

    expect(sample.length).toBeGreaterThanOrEqual(500)
    expect(sample.length).toBeLessThanOrEqual(1_000)
    expect(steps.size).toBe(1)
    expect(count - (sample.at(-1) ?? 0)).toBeLessThanOrEqual(Math.max(...steps))
  },
)
