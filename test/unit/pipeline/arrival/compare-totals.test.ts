import { silentLog } from '../../../../src/log'
import { verifyArrivals } from '../../../../src/pipeline/arrival/verify-arrivals'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { parseDocument } from '../../../../src/state/parse-document'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { destinationWith, jobWith } from '../../../fixtures/run-dependencies'
import { batchIn, storedDocument } from '../../../fixtures/stored-state'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { PollAnswer, TotalsAnswer } from '../../../../src/destinations/destination'
import type { Arrival, Comparison } from '../../../../src/state/arrivals'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'
import type { StateDocument } from '../../../../src/state/state-document'

const path = 'jobs/job/state.json'
const today = Date.UTC(2026, 10, 21)
const hour = 3_600_000
const here = destinationWith().identity
const days = { from: today, to: today + 24 * hour }

interface World {
  readonly document: Partial<StateDocument>
  readonly totals?: readonly TotalsAnswer[]
  readonly poll?: PollAnswer
  /** Rows of each batch that are proven. */
  readonly proven?: number
}

/** A look at a destination whose totals are answered as scripted; each file adds 5 to the one metric. */
function world({ document, totals = [], poll = { kind: 'processing' }, proven = 0 }: World) {
  const clock = virtualClock({ start: today + hour })
  const store = createMemoryBlobStore({ clock })
  const put = (name: string, body: string) =>
    store.files.set(name, { body: Buffer.from(body), etag: '"1"', modifiedAt: today })
  put(path, JSON.stringify(storedDocument({ identities: [here], ...document })))
  put('jobs/job/outbox/run-0/commit-1-0.txt', 'rows')
  const answers = [...totals]
  const asked: string[] = []
  const destination = destinationWith({
    poll(_batch, receipt) {
      asked.push(`poll ${receipt}`)
      return Promise.resolve(poll)
    },
    arrival: {
      withinMs: 24 * hour,
      prove: (batches) =>
        Promise.resolve({
          evidence: batches.map(({ id }) => ({ id, kind: 'proof', rows: proven, causes: [] })),
          trouble: null,
        }),
      totals: {
        sums: () => ({ ...days, metrics: { cost: 5 } }),
        read({ metrics }) {
          asked.push(`totals ${Object.keys(metrics).join()}`)
          return Promise.resolve(answers.shift() ?? { kind: 'unknown', message: 'no answer' })
        },
      },
    },
  })
  const look = () =>
    verifyArrivals({
      ...{ job: jobWith(), destination, store, clock, activation: 'activation-2', newId: () => 'fresh' },
      ...{ settings: EngineSettings.parse({}), log: silentLog, redact: (text) => text },
      tools: {
        report: () => Promise.reject(new RangeError('the script answers')),
        pace: () => Promise.resolve(),
        signal: new AbortController().signal,
      },
    })
  const stored = () => parseDocument(path, store.files.get(path)?.body ?? Buffer.alloc(0)).arrivals
  return { look, asked, stored }
}

const shown = (cost: number): TotalsAnswer => ({ kind: 'totals', totals: { cost } })

const begun = (change: Partial<Comparison> = {}): Comparison => ({
  ...{ id: 'batch-1', at: today, ...days, processed: false },
  metrics: [{ name: 'cost', sent: 5, before: 100, after: null }],
  ...change,
})

const confirmed: Arrival = {
  ...{
    id: 'batch-1',
    batches: 1,
    rows: 2,
    partition: 'p',
    identity: 0,
    markers: [],
    receipts: ['receipt-1'],
  },
  ...{ span: { first: 1, last: 2 }, confirmedAt: today, found: 0, missing: null },
}
const arrivalsWith = (open: readonly Arrival[], comparisons: readonly Comparison[]) => ({
  arrivals: { ...storedDocument().arrivals, open: [...open], comparisons: [...comparisons] },
})

it.each(['planned', 'staged'] as const)(
  'the totals before a %s batch are kept beside what it will add',
  async (state) => {
    const { look, asked, stored } = world({
      document: { outbox: [batchIn(state)] },
      totals: [shown(100)],
    })

    const report = await look()

    expect(asked).toEqual(['totals cost'])
    expect(stored().comparisons).toMatchObject([
      { id: 'batch-1', ...days, metrics: [{ name: 'cost', sent: 5, before: 100, after: null }] },
    ])
    expect(report).toMatchObject({
      outcome: 'succeeded',
      totals: [
        {
          batch: 'batch-1',
          days: { first: '2026-11-21', last: '2026-11-21' },
          metrics: [{ name: 'cost', sent: 5, before: 100, after: null, change: null }],
        },
      ],
    })
  },
)

it('an accepted batch has totals before it only where it is still being processed once they were read', async () => {
  const document = { outbox: [batchIn('accepted')] }
  const processing = world({ document, totals: [shown(100)] })
  const done = world({ document, totals: [shown(105)], poll: { kind: 'done', rows: 2 } })

  await processing.look()
  await done.look()

  expect(processing.asked).toEqual(['totals cost', 'poll receipt-1'])
  expect(processing.stored().comparisons).toHaveLength(1)
  expect(done.asked).toEqual(['totals cost', 'poll receipt-1'])
  expect(done.stored().comparisons).toEqual([])
})

it.each(['sending', 'in-doubt', 'confirmed', 'held'] as const)(
  'a batch that is %s has no totals before it, because they may have its rows',
  async (state) => {
    const outbox: OutboxEntry[] = [batchIn(state)]
    const { look, asked } = world({ document: { outbox } })

    expect(await look()).toMatchObject({ outcome: 'skipped', totals: [] })
    expect(asked).toEqual([])
  },
)

it('a batch whose totals are known is not asked for a second time', async () => {
  const document = { outbox: [batchIn('staged')], ...arrivalsWith([], [begun()]) }
  const { look, asked } = world({ document })

  expect(await look()).toMatchObject({ outcome: 'skipped' })
  expect(asked).toEqual([])
})

it('the totals are read again once the rows are proven, and live traffic that moved them is no incident', async () => {
  const { look, stored } = world({
    document: arrivalsWith([confirmed], [begun()]),
    totals: [shown(112.5)],
    proven: 2,
  })

  const report = await look()

  expect(report).toMatchObject({
    outcome: 'succeeded',
    arrived: { rows: 2 },
    missing: [],
    totals: [{ metrics: [{ sent: 5, before: 100, after: 112.5, change: 12.5 }] }],
  })
  expect(stored().comparisons).toMatchObject([{ processed: true, metrics: [{ after: 112.5 }] }])
})

it('a batch whose rows are not proven yet is not compared', async () => {
  const { look, asked } = world({ document: arrivalsWith([confirmed], [begun()]), proven: 1 })

  expect(await look()).toMatchObject({ waiting: { rows: 2 }, totals: [{ metrics: [{ after: null }] }] })
  expect(asked).toEqual([])
})

it('totals that cannot be read leave the proof as it is, and the next look reads them', async () => {
  const { look, stored } = world({
    document: arrivalsWith([confirmed], [begun()]),
    totals: [{ kind: 'not-permitted', message: 'no reports' }, shown(105)],
    proven: 2,
  })

  const first = await look()
  const second = await look()

  expect(first).toMatchObject({ outcome: 'partial', arrived: { rows: 2 }, missing: [] })
  expect(first.notes).toEqual([expect.stringContaining('no reports')])
  expect(second).toMatchObject({ outcome: 'succeeded', totals: [{ metrics: [{ after: 105, change: 5 }] }] })
  expect(stored().open).toEqual([])
})
