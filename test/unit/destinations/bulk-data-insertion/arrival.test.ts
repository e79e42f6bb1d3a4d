import { arrivalProof } from '../../../../src/destinations/bulk-data-insertion/arrival'
import type { ConfirmedBatch, ReportAnswer, ReportQuery } from '../../../../src/destinations/destination'

const day = 86_400
const start = Date.UTC(2026, 10, 21) / 1000

function batch(id: string, change: Partial<ConfirmedBatch> = {}): ConfirmedBatch {
  return {
    id,
    rows: 10,
    markers: [`m${id}`],
    receipts: [],
    span: { first: start, last: start + 60 },
    ...change,
  }
}

function report(items: Readonly<Record<string, number>>, change: object = {}): ReportAnswer {
  const total = Object.values(items).reduce((sum, count) => sum + count, 0)
  const list = Object.entries(items).map(([value, count]) => ({ value, count }))
  return { kind: 'report', items: list, total, isLastPage: true, ...change }
}

/** The proof of these batches by a suite whose reports a test writes. */
async function prove(
  batches: readonly ConfirmedBatch[],
  answer: (query: ReportQuery) => ReportAnswer,
  { reportSuite = 'suite', arrivalMarker }: { reportSuite?: string; arrivalMarker?: string } = {
    arrivalMarker: 'eVar50',
  },
) {
  const queries: ReportQuery[] = []
  const result = await arrivalProof({ reportSuite, arrivalMarker, withinMs: 0 }).prove(batches, {
    report(query) {
      queries.push(query)
      return Promise.resolve(answer(query))
    },
    pace: () => Promise.reject(new RangeError('reports are paced by themselves')),
    signal: new AbortController().signal,
  })
  return { ...result, queries }
}

const rowsOf = ({ evidence }: { evidence: readonly { id: string; rows: number }[] }) =>
  Object.fromEntries(evidence.map(({ id, rows }) => [id, rows]))

it('batches of neighbouring days share one report, wide enough for any time zone of the suite', async () => {
  const batches = [batch('a'), batch('b', { span: { first: start + day, last: start + day + 60 } })]

  const { queries, ...result } = await prove(batches, () => report({ ma: 10, mb: 9 }))

  expect(queries).toEqual([
    {
      target: 'suite',
      from: (start - 14 * 3600) * 1000,
      to: (start + day + 61 + 14 * 3600) * 1000,
      dimension: 'variables/evar50',
      metric: 'metrics/evar50instances',
      page: 0,
    },
  ])
  expect(rowsOf(result)).toEqual({ a: 10, b: 9 })
})

it('batches of distant days have a report each, and no report is longer than 31 days', async () => {
  const days = [0, 40, ...Array.from({ length: 60 }, (_, index) => 100 + index)]
  const batches = days.map((index) => {
    const first = start + index * day
    return batch(String(index), { span: { first, last: first + day } })
  })

  const { queries, evidence } = await prove(batches, () => report({}))

  expect(queries).toHaveLength(5)
  for (const { from, to } of queries) expect(to - from).toBeLessThanOrEqual(31 * day * 1000)
  expect(evidence).toHaveLength(days.length)
})

it('markers are counted over all pages, in any case', async () => {
  const pages = [report({ MA: 4, other: 99 }, { isLastPage: false }), report({ ma: 6 })]

  const { queries, ...result } = await prove([batch('a')], ({ page }) => pages[page] ?? report({}))

  expect(queries.map(({ page }) => page)).toEqual([0, 1])
  expect(rowsOf(result)).toEqual({ a: 10 })
})

it('merged batches are proven by all of their markers', async () => {
  const merged = batch('a', { rows: 30, markers: ['m1', 'm2', 'm3'] })

  expect(rowsOf(await prove([merged], () => report({ m1: 10, m2: 10, m3: 10 })))).toEqual({ a: 30 })
  expect(rowsOf(await prove([merged], () => report({ m1: 10, m3: 10 })))).toEqual({ a: 20 })
})

it('with several suites a row counts once all of them show it', async () => {
  const { queries, ...result } = await prove(
    [batch('a')],
    ({ target }) => report(target === 'one' ? { ma: 10 } : { ma: 7 }),
    { reportSuite: 'one,two', arrivalMarker: 'eVar50' },
  )

  expect(queries.map(({ target }) => target)).toEqual(['one', 'two'])
  expect(rowsOf(result)).toEqual({ a: 7 })
})

it('a report that cannot be read ends the check, and earlier evidence stays', async () => {
  const far = batch('b', { span: { first: start + 90 * day, last: start + 90 * day } })
  const answers: ReportAnswer[] = [report({ ma: 10 }), { kind: 'throttled', retryAfterMs: null }]

  const result = await prove([batch('a'), far], () => answers.shift() ?? report({}))

  expect(rowsOf(result)).toEqual({ a: 10 })
  expect(result.trouble).toEqual({ kind: 'throttled', retryAfterMs: null })
})

it('a report with endless pages is no evidence', async () => {
  const { trouble, evidence, queries } = await prove([batch('a')], () => report({}, { isLastPage: false }))

  expect(evidence).toEqual([])
  expect(trouble).toMatchObject({ kind: 'unknown', message: expect.stringContaining('20 pages') as string })
  expect(queries).toHaveLength(20)
})

it('without a marker a total is an indication for all batches of its time, or for none', async () => {
  const batches = [batch('a', { markers: [] }), batch('b', { markers: [] })]

  const enough = await prove(batches, () => report({}, { total: 20 }), {})
  const tooFew = await prove(batches, () => report({}, { total: 19 }), {})

  expect(enough.queries[0]).not.toHaveProperty('dimension')
  expect(enough.queries[0]).toHaveProperty('metric', 'metrics/occurrences')
  expect(enough.evidence.map(({ kind }) => kind)).toEqual(['indication', 'indication'])
  expect(rowsOf(enough)).toEqual({ a: 10, b: 10 })
  expect(rowsOf(tooFew)).toEqual({ a: 0, b: 0 })
})

it('batches from before the marker was declared are compared by totals', async () => {
  const result = await prove([batch('a', { markers: [] })], () => report({}, { total: 10 }))

  expect(result.evidence).toMatchObject([{ kind: 'indication', rows: 10 }])
})

it.each([
  [
    'no hit with any marker',
    {},
    ['timestamps-not-enabled', 'bot-rule', 'processing-rule', 'marker-variable', 'latency'],
  ],
  [
    'other hits, and none of the batch',
    { other: 5 },
    ['bot-rule', 'processing-rule', 'timestamps-not-enabled', 'marker-variable', 'latency'],
  ],
  ['some rows of the batch', { ma: 3 }, ['bot-rule', 'processing-rule', 'latency']],
  [
    'a low-traffic item',
    { 'Low Traffic': 10, ma: 1 },
    ['low-traffic', 'bot-rule', 'processing-rule', 'latency'],
  ],
  ['all rows', { ma: 10 }, []],
])('the likely causes of %s', async (_what, items, causes) => {
  const { evidence } = await prove([batch('a')], () => report(items))

  expect(evidence[0]?.causes.map(({ code }) => code)).toEqual(causes)
})
