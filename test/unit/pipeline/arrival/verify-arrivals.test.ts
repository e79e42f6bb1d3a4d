import { silentLog } from '../../../../src/log'
import { openRun } from '../../../../src/pipeline/open-run'
import { verifyArrivals } from '../../../../src/pipeline/arrival/verify-arrivals'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { parseDocument } from '../../../../src/state/parse-document'
import { errorOf } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { destinationWith, jobWith, runDependencies } from '../../../fixtures/run-dependencies'
import { storedDocument } from '../../../fixtures/stored-state'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { ConfirmedBatch, Evidence, ProofAnswer } from '../../../../src/destinations/destination'
import type { Arrival } from '../../../../src/state/arrivals'
import type { StateDocument } from '../../../../src/state/state-document'
import type { BlobFaults } from '../../../fixtures/memory-blob-store'

const path = 'jobs/job/state.json'
const today = Date.UTC(2026, 10, 21)
const minute = 60_000
const hour = 60 * minute
const here = destinationWith().identity
const lease = { owner: 'o', run: 'run-0', activation: 'a', takenAt: today, endsAt: today + minute }

function arrival(id: string, change: Partial<Arrival> = {}): Arrival {
  return {
    ...{ id, batches: 1, rows: 10, partition: 'p', identity: 0, markers: [`m-${id}`], receipts: [] },
    ...{ span: { first: 1, last: 2 }, confirmedAt: today, found: 0, missing: null },
    ...change,
  }
}

const proof = (id: string, rows: number): Evidence => ({
  ...{ id, kind: 'proof', rows },
  causes: [{ code: 'bot-rule', message: 'A bot rule.' }],
})

interface Look {
  readonly afterMs: number
  readonly document?: Partial<StateDocument>
  readonly answer?: (batches: readonly ConfirmedBatch[]) => ProofAnswer | Promise<ProofAnswer>
  readonly fault?: BlobFaults
}

/** One look at a destination that answers as scripted, so long after the batches were confirmed. */
function world(open: readonly Arrival[], { afterMs, document = {}, answer, fault }: Look) {
  const clock = virtualClock({ start: today + afterMs })
  const store = createMemoryBlobStore({ clock, ...(fault ? { fault } : {}) })
  const stored = storedDocument({
    identities: [here],
    arrivals: { ...storedDocument().arrivals, open: [...open] },
    ...document,
  })
  store.files.set(path, { body: Buffer.from(JSON.stringify(stored)), etag: '"1"', modifiedAt: today })
  const asked: (readonly string[])[] = []
  const errors: unknown[] = []
  const destination = destinationWith({
    arrival: {
      withinMs: 24 * hour,
      async prove(batches) {
        asked.push(batches.map(({ id }) => id))
        return (await answer?.(batches)) ?? { evidence: batches.map(({ id }) => proof(id, 0)), trouble: null }
      },
    },
  })
  const look = () =>
    verifyArrivals({
      ...{ job: jobWith(), destination, store, clock, activation: 'activation-2', newId: () => 'fresh' },
      settings: EngineSettings.parse({}),
      log: { ...silentLog, error: (message, fields) => void errors.push([message, fields]) },
      redact: (text) => text.replaceAll('s3cret', '[redacted]'),
      tools: {
        report: () => Promise.reject(new RangeError('the script answers')),
        pace: () => Promise.resolve(),
        signal: new AbortController().signal,
      },
    })
  const file = () => store.files.get(path)?.body ?? Buffer.alloc(0)
  return { look, asked, errors, clock, store, file, document: () => parseDocument(path, file()) }
}

it('a batch is looked up half an hour after its confirmation, and not before', async () => {
  const open = [arrival('old'), arrival('new', { confirmedAt: today + minute })]
  const { look, asked } = world(open, { afterMs: 30 * minute })

  await look()

  expect(asked).toEqual([['old']])
})

it('a job without open arrivals asks nothing and writes nothing', async () => {
  const { look, asked, file } = world([], { afterMs: hour })
  const before = file()

  expect(await look()).toMatchObject({ outcome: 'skipped', missing: [] })
  expect(asked).toEqual([])
  expect(file()).toBe(before)
})

it('a batch that is not seen is waited for during its 24 hours, and then is an incident, once', async () => {
  const early = world([arrival('a')], { afterMs: 24 * hour - 2_000 })
  const late = world([arrival('a')], { afterMs: 24 * hour })

  const waiting = await early.look()
  const first = await late.look()
  const second = await late.look()

  expect(waiting).toMatchObject({ outcome: 'succeeded', waiting: { batches: 1, rows: 10 }, missing: [] })
  expect(first).toMatchObject({
    outcome: 'failed',
    missing: [{ batch: 'a', rows: 10, found: 0, markers: ['m-a'], causes: ['bot-rule'] }],
    error: { code: 'arrival-missing', message: expect.stringContaining('a (0 of 10)') as string },
  })
  expect(first.error?.remedy).toContain('A bot rule.')
  expect(second).toMatchObject({ outcome: 'succeeded', missing: [{ batch: 'a' }] })
  expect(late.errors).toEqual([
    [
      'arrival-missing',
      expect.objectContaining({ job: 'job', batch: 'a', rows: 10, found: 0, causes: ['bot-rule'] }),
    ],
  ])
})

it('a batch that was missing and is found after all is no longer missing', async () => {
  const missing = { since: today, causes: ['latency'] }
  const { look, document } = world([arrival('a', { missing })], {
    afterMs: 26 * hour,
    answer: () => ({ evidence: [proof('a', 10)], trouble: null }),
  })

  expect(await look()).toMatchObject({ outcome: 'succeeded', missing: [], arrived: { batches: 1, rows: 10 } })
  expect(document().counters.arrived).toBe(10)
})

it('an arrival that is found while a run holds the lease is reported and not stored, so that the run keeps its lease', async () => {
  const { look, file } = world([arrival('a')], {
    afterMs: hour,
    document: { lease },
    answer: () => ({ evidence: [proof('a', 10)], trouble: null }),
  })
  const before = file()

  const report = await look()

  expect(report).toMatchObject({ outcome: 'partial', arrived: { rows: 10 } })
  expect(report.notes).toEqual([expect.stringContaining('not stored')])
  expect(file()).toBe(before)
})

it('findings are not stored over the state that a run has written since the look began', async () => {
  const { look, store, document } = world([arrival('a')], {
    afterMs: hour,
    answer() {
      const written = { ...document(), commits: 99, write: 'of a run' }
      store.files.set(path, { body: Buffer.from(JSON.stringify(written)), etag: '"2"', modifiedAt: today })
      return { evidence: [proof('a', 10)], trouble: null }
    },
  })

  expect(await look()).toMatchObject({ outcome: 'partial' })
  expect(document()).toMatchObject({ commits: 99, arrivals: { open: [{ id: 'a' }] } })
})

it('an answer that proves nothing, and a batch without evidence, change nothing', async () => {
  const { look, file } = world([arrival('a')], {
    afterMs: 48 * hour,
    answer: () => ({ evidence: [], trouble: { kind: 'unknown', message: 'a s3cret cut' } }),
  })
  const before = file()

  const report = await look()

  expect(report).toMatchObject({ outcome: 'partial', missing: [], waiting: { batches: 1 } })
  expect(report.notes).toEqual([expect.stringContaining('a [redacted] cut')])
  expect(file()).toBe(before)
})

it('evidence from before the questions ended is kept', async () => {
  const { look } = world([arrival('a'), arrival('b')], {
    afterMs: hour,
    answer: () => ({ evidence: [proof('a', 10)], trouble: { kind: 'throttled', retryAfterMs: null } }),
  })

  expect(await look()).toMatchObject({ outcome: 'partial', arrived: { rows: 10 }, waiting: { rows: 10 } })
})

it.each([
  ['unauthorized', 'not-authorized'],
  ['not-permitted', 'not-permitted'],
] as const)('a destination that answers %s is an error of the look', async (kind, code) => {
  const { look } = world([arrival('a')], {
    afterMs: hour,
    answer: () => ({ evidence: [], trouble: { kind, message: 'HTTP 40x' } }),
  })

  expect(await errorOf(look())).toMatchObject({ code })
})

it('an arrival of another destination is not checked here, and a note reports it', async () => {
  const { look, asked } = world([arrival('a', { identity: 1 }), arrival('b')], {
    afterMs: hour,
    document: { identities: [here, { ...here, target: 'other' }] },
  })

  expect((await look()).notes).toEqual([expect.stringContaining('1 arrivals belong to a destination')])
  expect(asked).toEqual([['b']])
})

it('more rows than were sent are an arrival with a note', async () => {
  const { look } = world([arrival('a')], {
    afterMs: hour,
    answer: () => ({ evidence: [proof('a', 11)], trouble: null }),
  })

  const report = await look()

  expect(report).toMatchObject({ arrived: { rows: 10 } })
  expect(report.notes).toEqual([expect.stringContaining('more rows than were sent (a)')])
})

it('an indication is never counted as arrived', async () => {
  const { look, document } = world([arrival('a')], {
    afterMs: hour,
    answer: () => ({ evidence: [{ ...proof('a', 10), kind: 'indication' }], trouble: null }),
  })

  expect(await look()).toMatchObject({ arrived: { rows: 0 }, indicated: { rows: 10 } })
  expect(document().counters.arrived).toBe(0)
})

it('a run that begins while arrivals are stored still takes the lease', async () => {
  const clock = virtualClock({ start: today })
  const stored = (write: string) => Buffer.from(JSON.stringify(storedDocument({ write })))
  let writes = 0
  const store = createMemoryBlobStore({
    clock,
    fault({ kind }) {
      if (kind === 'write' && (writes += 1) === 1)
        store.files.set(path, { body: stored('arrivals'), etag: '"2"', modifiedAt: clock.now() })
      return 'ok'
    },
  })
  store.files.set(path, { body: stored('before'), etag: '"1"', modifiedAt: clock.now() })

  const opened = await openRun(runDependencies({ clock, store, command: { force: false, resolve: 'x' } }))

  expect(opened.kind).toBe('opened')
})
