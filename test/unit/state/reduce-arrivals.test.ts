import fc from '../../fixtures/fast-check'
import { arrivalsKeptMs } from '../../../src/state/reduce-arrivals'
import { reduce } from '../../../src/state/reduce'
import { batchIn, storedDocument } from '../../fixtures/stored-state'
import type { Arrivals, Comparison } from '../../../src/state/arrivals'
import type { ArrivalVerdict } from '../../../src/state/events'
import type { Batch } from '../../../src/state/outbox-entry'
import type { StateDocument } from '../../../src/state/state-document'

const day = 86_400
const start = Date.UTC(2026, 10, 21)

interface Confirmed extends Partial<Batch> {
  readonly id: string
  readonly at?: number
  readonly receipt?: string
}

/** The document after one more batch was confirmed. */
function confirm(document: StateDocument, { at = start, receipt, ...change }: Confirmed): StateDocument {
  const entry =
    receipt === undefined ? batchIn('sending', change) : batchIn('accepted', { ...change, receipt })
  const { id, partition, rows } = entry
  const event = { at, id, partition, rows, by: 'answer', notBefore: null, awaitsArrival: true } as const
  const confirmed = reduce({ ...document, outbox: [entry] }, { type: 'confirmed', ...event })
  return reduce(confirmed, { type: 'removed', id })
}

function check(document: StateDocument, verdicts: readonly ArrivalVerdict[], at = start): StateDocument {
  return reduce(document, { type: 'arrivals-checked', at, verdicts, comparisons: [] })
}

const volumeOf = (arrivals: Arrivals) =>
  arrivals.open.reduce(
    (sum, { batches, rows }) => ({ batches: sum.batches + batches, rows: sum.rows + rows }),
    {
      batches: 0,
      rows: 0,
    },
  )

it('a confirmed batch stays known with all that its proof needs, and its outbox entry goes', () => {
  const span = { first: 100, last: 200 }
  const document = confirm(storedDocument(), { id: 'a', rows: 5, markers: ['m1'], span, receipt: 'job-7' })

  expect(document.outbox).toEqual([])
  expect(document.arrivals.confirmed).toEqual({ batches: 1, rows: 5 })
  expect(document.arrivals.open).toEqual([
    {
      ...{ id: 'a', batches: 1, rows: 5, partition: 'p', identity: 0, markers: ['m1'], receipts: ['job-7'] },
      ...{ span, confirmedAt: start, found: 0, missing: null },
    },
  ])
})

it('a batch of a destination that cannot be asked is not kept', () => {
  const entry = batchIn('sending', { id: 'a' })
  const event = { at: 1, id: 'a', partition: 'p', rows: 2, by: 'answer', notBefore: null } as const

  const { arrivals } = reduce(storedDocument({ outbox: [entry] }), {
    ...{ type: 'confirmed', ...event, awaitsArrival: false },
  })

  expect(arrivals).toEqual(storedDocument().arrivals)
})

it('both halves of a split batch are one arrival, because their rows carry one marker', () => {
  const half = { rows: 3, markers: ['m'] }
  const first = confirm(storedDocument(), { id: 'a', ...half, span: { first: 2, last: 5 } })
  const { open } = confirm(first, { id: 'b', ...half, span: { first: 5, last: 9 }, at: start + 5 }).arrivals

  expect(open).toHaveLength(1)
  expect(open[0]).toMatchObject({ id: 'a', batches: 2, rows: 6, markers: ['m'], confirmedAt: start + 5 })
  // Reports are asked for the time of all of its rows.
  expect(open[0]?.span).toEqual({ first: 2, last: 9 })
})

it('a batch with a marker of an earlier arrival joins it behind all that was confirmed between them', () => {
  const steps: readonly Confirmed[] = [
    { id: 'a', markers: ['value of k'] },
    { id: 'b', markers: ['deletion of k'], at: start + 1 },
    { id: 'c', markers: ['value of k'], at: start + 2 },
  ]
  const document = steps.reduce(confirm, storedDocument())

  expect(document.arrivals.open.map(({ id, confirmedAt }) => [id, confirmedAt])).toEqual([
    ['b', start + 1],
    ['a', start + 2],
  ])
})

it('an arrival that is seen leaves the list, and its rows are counted once for the next report', () => {
  const document = ['a', 'b', 'c'].reduce((before, id) => confirm(before, { id, rows: 4 }), storedDocument())
  const checked = check(document, [
    { id: 'a', rows: 4, found: 4, kind: 'arrived' },
    { id: 'b', rows: 4, found: 4, kind: 'indicated' },
    { id: 'c', rows: 4, found: 1, kind: 'waiting' },
  ])
  const again = check(checked, [{ id: 'a', rows: 4, found: 4, kind: 'arrived' }])

  expect(checked.arrivals).toMatchObject({
    arrived: { batches: 1, rows: 4 },
    indicated: { batches: 1, rows: 4 },
    open: [{ id: 'c', found: 1, missing: null }],
  })
  expect(checked.counters.arrived).toBe(4)
  expect(again).toEqual(checked)
})

it('a missing arrival keeps the moment from which it is missing, and nothing of it is sent again', () => {
  const waiting = [batchIn('staged', { id: 'later' })]
  const document = { ...confirm(storedDocument(), { id: 'a', rows: 4 }), outbox: waiting }
  const missing = { id: 'a', rows: 4, kind: 'missing' } as const
  const first = check(document, [{ ...missing, found: 0, causes: ['bot-rule'] }], start + day * 1000)
  const second = check(first, [{ ...missing, found: 1, causes: ['latency'] }], start + 2 * day * 1000)
  const found = check(second, [{ id: 'a', rows: 4, found: 4, kind: 'arrived' }], start + 3 * day * 1000)

  expect(second.arrivals.open).toMatchObject([
    { found: 1, missing: { since: start + day * 1000, causes: ['latency'] } },
  ])
  expect(second.outbox).toBe(waiting)
  expect(found.arrivals).toMatchObject({ open: [], arrived: { batches: 1, rows: 4 } })
})

it('a verdict on an arrival that has grown since is void', () => {
  const one = confirm(storedDocument(), { id: 'a', rows: 3, markers: ['m'] })
  const both = confirm(one, { id: 'b', rows: 3, markers: ['m'] })

  expect(check(both, [{ id: 'a', rows: 3, found: 3, kind: 'arrived' }])).toEqual(both)
})

it('an open arrival is given up after 30 days, and counted as that', () => {
  const document = confirm(storedDocument(), { id: 'a', rows: 4 })
  const later = start + arrivalsKeptMs

  expect(check(document, [], later).arrivals.open).toHaveLength(1)
  expect(check(document, [], later + 1).arrivals).toMatchObject({
    open: [],
    givenUp: { batches: 1, rows: 4 },
  })
  expect(confirm(document, { id: 'b', at: later + 1 }).arrivals).toMatchObject({
    open: [{ id: 'b' }],
    givenUp: { batches: 1, rows: 4 },
  })
})

it('10,000 confirmed batches take less than 512 KB, lose no row, and can all be proven', () => {
  let document = storedDocument()
  for (let index = 0; index < 10_000; index += 1) {
    const first = 1_700_000_000 + (index % 400) * day
    document = confirm(document, {
      id: `4f1d7e1a-2c66-5c57-9d11-${String(index).padStart(12, '0')}`,
      partition: `examplesuite_orders_${(index % 4) + 1}of4`,
      markers: [index.toString(16).padStart(12, '0')],
      rows: 40_000,
      span: { first, last: first + day },
      at: start + index * 2_000,
    })
  }

  expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(512 * 1024)
  expect(volumeOf(document.arrivals)).toEqual({ batches: 10_000, rows: 400_000_000 })
  expect(document.arrivals.open.flatMap(({ markers }) => markers)).toHaveLength(10_000)
  // The newest stay alone.
  expect(document.arrivals.open.slice(-100).every(({ batches }) => batches === 1)).toBe(true)
})

it('merging keeps the days of rows apart as long as that is short enough', () => {
  let document = storedDocument()
  for (let index = 0; index <= 600; index += 1) {
    const first = (index % 5) * day
    document = confirm(document, { id: `b${index}`, span: { first, last: first } })
  }
  const merged = document.arrivals.open.filter(({ batches }) => batches > 1)

  expect(merged.map(({ span }) => span?.first)).toEqual([0, 1, 2, 3, 4].map((days) => days * day))
})

it('merging puts off by no more than six hours the moment from which a batch counts as missing', () => {
  let document = storedDocument()
  const latest = new Map<string, number>()
  for (let index = 0; index < 2_000; index += 1) {
    const marker = `m${index}`
    latest.set(marker, start + index * 60_000)
    document = confirm(document, {
      id: marker,
      markers: [marker],
      span: { first: 1, last: 2 },
      at: start + index * 60_000,
    })
  }

  const delays = document.arrivals.open.flatMap(({ markers, confirmedAt }) =>
    markers.map((marker) => confirmedAt - (latest.get(marker) ?? 0)),
  )
  expect(delays).toHaveLength(2_000)
  expect(Math.max(...delays)).toBeLessThanOrEqual(6 * 3_600_000)
  expect(Math.min(...delays)).toBe(0)
})

it('the totals add up for any order of confirmed, found, missing and expired arrivals', () => {
  const step = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    marker: fc.option(fc.integer({ min: 0, max: 30 }).map(String), { nil: null }),
    days: fc.integer({ min: 0, max: 3 }),
    verdict: fc.option(fc.constantFrom('arrived', 'indicated', 'waiting', 'missing'), { nil: null }),
    of: fc.nat(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let document = storedDocument()
      let at = start
      for (const [index, { rows, marker, days, verdict, of }] of steps.entries()) {
        at += days * day * 1000
        document = confirm(document, { id: `b${index}`, rows, markers: marker === null ? [] : [marker], at })
        const { open } = document.arrivals
        const picked = open[of % open.length]
        if (!picked || verdict === null) continue
        const seen = { id: picked.id, rows: picked.rows, found: 0 }
        document = check(
          document,
          [
            verdict === 'missing'
              ? { ...seen, kind: verdict, causes: ['latency'] }
              : { ...seen, kind: verdict },
          ],
          at,
        )
      }
      const { confirmed, arrived, indicated, givenUp } = document.arrivals
      const parts = [arrived, indicated, givenUp, volumeOf(document.arrivals)]
      expect(parts.reduce((sum, part) => sum + part.rows, 0)).toBe(confirmed.rows)
      expect(parts.reduce((sum, part) => sum + part.batches, 0)).toBe(confirmed.batches)
      expect(confirmed.batches).toBe(steps.length)
      expect(document.counters.arrived).toBe(arrived.rows)
    }),
    { numRuns: 200 },
  )
})

const comparison = (id: string, change: Partial<Comparison> = {}): Comparison => ({
  ...{ id, at: start, from: start, to: start + day * 1000, processed: false },
  metrics: [{ name: 'Event 1', sent: 3, before: 10, after: null }],
  ...change,
})

function compare(document: StateDocument, comparisons: readonly Comparison[], at = start): StateDocument {
  return reduce(document, { type: 'arrivals-checked', at, verdicts: [], comparisons })
}

it('a changed comparison replaces the one of the same batch, and one of 30 days ago is forgotten', () => {
  const begun = compare(storedDocument(), [comparison('a'), comparison('b')])
  const later = compare(begun, [comparison('a', { processed: true })])
  const last = compare(later, [comparison('c', { at: start + arrivalsKeptMs })], start + arrivalsKeptMs + 1)

  expect(later.arrivals.comparisons).toEqual([comparison('a', { processed: true }), comparison('b')])
  expect(last.arrivals.comparisons.map(({ id }) => id)).toEqual(['c'])
})

it('forty comparisons are kept, the newest ones', () => {
  const many = Array.from({ length: 41 }, (_, index) => comparison(`batch-${index}`))

  const { comparisons } = compare(storedDocument(), many).arrivals

  expect(comparisons).toEqual(many.slice(1))
})
