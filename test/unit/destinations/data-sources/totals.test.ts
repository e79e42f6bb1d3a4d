import { reportedTotals } from '../../../../src/destinations/data-sources/totals'
import type { ReportAnswer, ReportQuery } from '../../../../src/destinations/destination'

const file = (...lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''))
const header = 'Date\tTracking Code\tEvent 10\tPrice\tCart Views'
const november = (day: number) => Date.UTC(2026, 10, day)

it('an upload is summed up by the metrics that reports have, exactly, over all of its days', () => {
  const totals = reportedTotals('suite')

  const found = totals.sums(
    file(header, '11/03/2026/23/30/00\ta\t0.1\t5\t1', '11/01/2026\tb\t0.2\t\t1', '11/02/2026\tc\t\t-2\t1'),
  )

  expect(found).toEqual({ from: november(1), to: november(4), metrics: { 'Event 10': 0.3, Price: 3 } })
})

it('an upload without rows, or without a metric that reports have, says nothing', () => {
  const totals = reportedTotals('suite')

  expect(totals.sums(file(header))).toBeNull()
  expect(totals.sums(file('Date\tZip\tCart Views', '11/01/2026\t1\t5'))).toBeNull()
})

async function read(answer: (query: ReportQuery) => ReportAnswer) {
  const asked: ReportQuery[] = []
  const sums = { from: november(1), to: november(4), metrics: { 'Event 10': 0.3, Price: 3 } }
  const result = await reportedTotals('suite').read(sums, {
    report(query) {
      asked.push(query)
      return Promise.resolve(answer(query))
    },
  })
  return { result, asked }
}

it('the totals of the same days are asked for once for each metric, by its id in reports', async () => {
  const { result, asked } = await read(({ metric }) => ({
    ...{ kind: 'report', items: [], isLastPage: true },
    total: metric === 'metrics/revenue' ? 40 : 7,
  }))

  expect(result).toEqual({ kind: 'totals', totals: { 'Event 10': 7, Price: 40 } })
  const days = { target: 'suite', from: november(1), to: november(4), page: 0 }
  expect(asked).toEqual([
    { ...days, metric: 'metrics/event10' },
    { ...days, metric: 'metrics/revenue' },
  ])
})

it('an answer that is no report ends the questions', async () => {
  const { result, asked } = await read(() => ({ kind: 'throttled', retryAfterMs: null }))

  expect(result).toEqual({ kind: 'throttled', retryAfterMs: null })
  expect(asked).toHaveLength(1)
})
