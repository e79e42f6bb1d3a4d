import { windowsOf } from '../../../../src/destinations/bulk-data-insertion/report-windows'

const hourS = 3_600
const start = Date.UTC(2026, 0, 1) / 1000

/** Of one second, so many hours and seconds after the start. */
function batchAt(hours: number, seconds = 0) {
  const at = start + hours * hourS + seconds
  return { id: `${hours}h`, rows: 1, markers: [], receipts: [], span: { first: at, last: at } }
}

const idsOf = (batches: Parameters<typeof windowsOf>[0]) =>
  windowsOf(batches).map((window) => window.batches.map(({ id }) => id).join(' '))

it('a report covers the time of its rows in every time zone', () => {
  expect(windowsOf([batchAt(14)])).toMatchObject([
    { from: start * 1000, to: (start + 28 * hourS + 1) * 1000 },
  ])
})

it('one report covers batches whose times overlap or touch, oldest first, and no others', () => {
  expect(idsOf([batchAt(10), batchAt(0)])).toEqual(['0h 10h'])
  expect(idsOf([batchAt(0), batchAt(28, 1)])).toEqual(['0h 28h'])
  expect(idsOf([batchAt(0), batchAt(28, 2)])).toEqual(['0h', '28h'])
})

it('no report is longer than 31 days', () => {
  const [day, width] = [24, 28]
  const daily = Array.from({ length: 30 }, (_, index) => batchAt(index * day))
  const longest = 31 * day - width
  expect(idsOf([...daily, batchAt(longest, -1)])).toHaveLength(1)
  expect(idsOf([...daily, batchAt(longest)])).toHaveLength(2)
})

it('a batch whose rows have no known time is in no report', () => {
  expect(idsOf([{ ...batchAt(0), span: null }])).toEqual([])
})
