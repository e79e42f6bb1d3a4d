import { startAnalytics } from '../../emulators/analytics/analytics'
import { classifications } from '../../src/destinations/classifications/classifications'
import { input } from '../../src/inputs'
import { destinationContext } from '../fixtures/destination-context'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { ConfirmedBatch, Destination, ProofAnswer } from '../../src/destinations/destination'

let analytics: AnalyticsEmulator
let set: string
let destination: Destination
const subscriptions: { rsid: string; dimension: string }[] = []
beforeEach(async () => {
  analytics = await startAnalytics({ verifyToken: () => ({ client_id: 'client' }) })
  subscriptions.splice(0, Infinity, { rsid: 'suite', dimension: 'variables/evar1' })
  set = analytics.classifications.add({ columns: ['Name', 'City'], subscriptions, name: 'Airports' })
  destination = open()
})
afterEach(() => analytics.stop())

/** As a run, or a later look, opens it. */
function open(settings: object = {}): Destination {
  const definition = classifications({
    ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name', 'City'], emptyMeans: 'delete' },
  })
  return definition.open(
    destinationContext(
      analytics.url,
      { SUITE: 'suite' },
      { settings: { classificationExportPollMs: 5, ...settings } },
    ),
  )
}

interface Row {
  readonly key: string
  readonly Name: string | null
  readonly City: string | null
}

/** Imports rows, and what stays known of their batch. */
async function send(id: string, rows: readonly Row[]): Promise<ConfirmedBatch> {
  const { signal } = new AbortController()
  const file = destination.format.open('0123456789ab')
  for (const row of rows) {
    const encoded = destination.format.encode(row)
    if (encoded.kind === 'reject') throw new RangeError(encoded.message)
    file.append(encoded.line)
  }
  const { bytes, markers = [] } = await file.finish()
  const batch = { id, partition: 'p', fileName: `${id}.json.gz`, rows: rows.length, bytes }
  const prepared = await destination.prepare?.(batch, signal)
  const handle = prepared?.kind === 'prepared' ? prepared.handle : ''
  const sent = await destination.send(batch, { signal, isOpen: () => true }, handle)
  if (sent.kind !== 'accepted') throw new RangeError(`it was ${sent.kind}`)
  return { id, rows: rows.length, markers, receipts: [sent.receipt ?? ''], span: null }
}

async function look(
  batches: readonly ConfirmedBatch[],
  signal = new AbortController().signal,
): Promise<ProofAnswer> {
  const { arrival } = open()
  if (!arrival) throw new RangeError('nothing to prove with')
  return arrival.prove(batches, {
    report: () => Promise.reject(new RangeError('no report is read')),
    pace: () => Promise.resolve(),
    signal,
  })
}

const airports = (count: number, name = 'Airport'): Row[] =>
  Array.from({ length: count }, (_, index) => {
    const key = `K${String(index).padStart(4, '0')}`
    return { key, Name: `${name} ${key}`, City: 'A "city", with a comma' }
  })

it('a batch is proven by the values of its first and last key and one between, read back by one export', async () => {
  const batch = await send('a', airports(100))
  analytics.requests.splice(0, Infinity)

  const { evidence, trouble } = await look([batch])

  expect(batch.markers.map((marker) => marker.slice(12))).toEqual(['K0000', 'K0063', 'K0099'])
  expect(evidence).toEqual([{ id: 'a', kind: 'proof', rows: 100, causes: [] }])
  expect(trouble).toBeNull()
  expect(analytics.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

it('a key that the set does not have is missing, with the cause', async () => {
  const batch = await send('a', airports(3))
  analytics.classifications.values(set)
  const stored = analytics.classifications.find(set)?.values as Map<string, unknown>
  stored.delete('K0002')

  const { evidence } = await look([batch])

  expect(evidence).toMatchObject([
    {
      kind: 'proof',
      rows: 2,
      causes: [{ code: 'key-mismatch' }, { code: 'key-deleted' }, { code: 'latency' }],
    },
  ])
})

it('values that another import has replaced do not contradict a batch as long as one of its keys shows its own', async () => {
  const first = await send('a', airports(3))
  const second = await send('b', airports(2, 'Renamed'))

  expect((await look([first, second])).evidence).toMatchObject([
    { id: 'a', rows: 3 },
    { id: 'b', rows: 2 },
  ])
  await send('c', airports(3, 'Renamed again'))
  expect((await look([first])).evidence).toMatchObject([
    { id: 'a', rows: 0, causes: [{ code: 'overwritten' }, {}] },
  ])
})

it('a set that is no longer subscribed shows nothing: its batches are missing with that cause', async () => {
  const batch = await send('a', airports(3))
  subscriptions.splice(0, Infinity, { rsid: 'other', dimension: 'variables/evar1' })

  const { evidence } = await look([batch])

  expect(evidence).toMatchObject([
    { id: 'a', rows: 0, causes: [{ code: 'unsubscribed-set' }, { code: 'latency' }] },
  ])
})

it('rows that delete, or leave a column as it is, have no known values: their import is an indication', async () => {
  const batch = await send('a', [
    { key: 'K1', Name: 'x', City: null },
    { key: 'K2', Name: 'x', City: '' },
  ])

  expect(batch.markers).toEqual([])
  expect((await look([batch])).evidence).toMatchObject([{ kind: 'indication', rows: 2 }])
})

it('an export that is refused, fails to answer or takes too long is no evidence', async () => {
  const batch = await send('a', airports(3))
  const isExport = ({ url }: { url: string }) => url.includes('/job/export/')

  for (const status of [403, 429, 500]) {
    analytics.once({ kind: 'reply', reply: { status, body: {} } }, isExport)
    const { evidence, trouble } = await look([batch])
    expect(evidence).toEqual([])
    expect(trouble).not.toBeNull()
  }
  analytics.classifications.knobs.exportMs = 3_600_000
  const over = new AbortController()
  analytics.once(
    { kind: 'call', when: 'after', effect: () => over.abort() },
    ({ method, url }) => method === 'GET' && /\/job\/[\w-]+$/.test(url),
  )
  expect(await look([batch], over.signal)).toMatchObject({ evidence: [], trouble: { kind: 'unknown' } })
})
