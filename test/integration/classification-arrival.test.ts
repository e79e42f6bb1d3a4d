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

/** Imports rows, and deletions of keys, and what stays known of their batch. */
async function send(id: string, rows: readonly (Row | string)[]): Promise<ConfirmedBatch> {
  const { signal } = new AbortController()
  const file = destination.format.open('0123456789ab')
  for (const row of rows) {
    const { format } = destination
    const encoded = typeof row === 'string' ? format.deletion?.(row) : format.encode(row)
    if (encoded?.kind !== 'row') throw new RangeError(encoded?.message ?? 'nothing can be deleted')
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

describe('a batch of deletions', () => {
  const keys = (count: number) => airports(count).map(({ key }) => key)
  const isKeptSince = [{ code: 'key-set-again' }, { code: 'latency' }]

  it.each(['absent', 'empty', 'null', 'bare'] as const)(
    'is proven where an export shows its first and last key and one between as "%s"',
    async (deletedKeys) => {
      analytics.classifications.knobs.deletedKeys = deletedKeys
      const values = await send('a', airports(100))
      const deletions = await send('b', keys(100))

      const { evidence, trouble } = await look([deletions])

      expect(values.markers).toHaveLength(3)
      expect(deletions.markers).toEqual(['deleted-key-K0000', 'deleted-key-K0063', 'deleted-key-K0099'])
      expect(evidence).toEqual([{ id: 'b', kind: 'proof', rows: 100, causes: [] }])
      expect(trouble).toBeNull()
    },
  )

  it('is missing as far as the set still has values of its keys, with the causes', async () => {
    const batch = await send('a', keys(3))
    await send('b', airports(1))
    await send('c', [{ key: 'K0002', Name: 'set again', City: null }])

    expect((await look([batch])).evidence).toMatchObject([
      { id: 'a', kind: 'proof', rows: 1, causes: isKeptSince },
    ])
  })

  it('is proven by its deletions as much as by its values where it has both', async () => {
    await send('a', airports(10))
    const mixed = await send('b', [...airports(4, 'Renamed'), 'K0004', ...airports(10).slice(5)])
    const proven = await look([mixed])
    await send('c', airports(5).slice(4))

    expect(mixed.markers[1]).toBe('deleted-key-K0004')
    expect(proven.evidence).toMatchObject([{ rows: 10, causes: [] }])
    expect((await look([mixed])).evidence).toMatchObject([{ rows: 6, causes: isKeptSince }])
  })

  it('of a later commit takes the earlier values of its keys out of the proof, and the other way round', async () => {
    const first = await send('a', airports(3))
    const deletions = await send('b', ['K0001', 'K0002'])
    const again = await send('c', airports(3).slice(2))

    expect((await look([first, deletions, again])).evidence).toEqual([
      { id: 'a', kind: 'proof', rows: 3, causes: [] },
      { id: 'b', kind: 'proof', rows: 2, causes: [] },
      { id: 'c', kind: 'proof', rows: 1, causes: [] },
    ])
  })

  it('whose keys a later batch has all set again is an indication', async () => {
    const deletions = await send('a', ['K0000'])
    const again = await send('b', airports(1))

    expect((await look([deletions, again])).evidence).toMatchObject([
      { id: 'a', kind: 'indication', rows: 1 },
      { id: 'b', kind: 'proof', rows: 1 },
    ])
  })
})

it('a key without any value does not prove the values that it had', async () => {
  const batch = await send('a', airports(3))
  await send('b', ['K0001'])
  analytics.classifications.knobs.deletedKeys = 'empty'

  expect((await look([batch])).evidence).toMatchObject([
    { rows: 2, causes: [{ code: 'key-mismatch' }, { code: 'key-deleted' }, { code: 'latency' }] },
  ])
})

it('rows that empty a column, or leave it as it is, have no known values: their import is an indication', async () => {
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
