import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, hourMs, jobOf } from '../fixtures/engine-world'

const weeks = 52
const records = (weeks - 1) * 7 * 4
const start = Date.UTC(2025, 10, 16)

/** The lengths of slices, in hours, and how many have each. */
function lengthsOf(ranges: readonly { readonly from: string; readonly to: string }[]) {
  const lengths: Record<string, number> = {}
  for (const { from, to } of ranges) {
    const hours = (Date.parse(to) - Date.parse(from)) / hourMs
    lengths[hours] = (lengths[hours] ?? 0) + 1
  }
  return lengths
}

describe('a year of weekly slices', () => {
  it.each([
    ['Europe/Berlin', '23:00:00.000Z', { 167: 1, 168: 50, 169: 1 }],
    // The clocks skip the midnight between two slices.
    ['America/Santiago', '03:00:00.000Z', { 167: 1, 168: 50, 169: 1 }],
    // Half an hour of daylight saving time.
    ['Australia/Lord_Howe', '13:00:00.000Z', { 167.5: 1, 168: 50, 168.5: 1 }],
  ])('in %s sends every record once, with no gap and no overlap', async (timeZone, midnight, lengths) => {
    const world = engineWorld()
    world.list.batchRows = 10_000
    world.activationMs = 24 * hourMs
    world.feed.records = Array.from({ length: records }, (_, index) => ({
      id: `r${index}`,
      at: new Date(start + index * 6 * hourMs + 4 * hourMs).toISOString(),
    }))
    const sync = sliced({ cursor: atInstant, every: 'week', timeZone, start: '2025-11-16' })
    const job = jobOf(world, { sync })
    expect(await world.run(job)).toMatchObject({ outcome: 'succeeded' })

    const ranges = world.feed.asked.flatMap((asked) => (asked.mode === 'sliced' ? [asked.range] : []))
    expect(ranges[0]?.from).toMatch(new RegExp(`${midnight}$`))
    expect(ranges.slice(1).every(({ from }, index) => from === ranges[index]?.to)).toBe(true)
    expect(lengthsOf(ranges.slice(0, weeks))).toEqual(lengths)
    expect(new Set(world.hits()).size).toBe(records)
    expect(world.hits()).toHaveLength(records)
  })
})
