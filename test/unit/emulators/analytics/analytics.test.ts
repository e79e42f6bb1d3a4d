import { gzipSync } from 'node:zlib'
import { startAnalytics } from '../../../../emulators/analytics/analytics'
import type { AnalyticsEmulator } from '../../../../emulators/analytics/analytics'

const header = 'timestamp,marketingCloudVisitorID,userAgent,pageName,reportSuiteID'
const row = (index: number) => `${1_767_225_600 + index},${'1'.repeat(38)},ua,home,suite`

let now = Date.UTC(2026, 10, 21)
let analytics: AnalyticsEmulator
beforeEach(async () => {
  analytics = await startAnalytics({
    now: () => now,
    verifyToken: (token) => (token === 'good' ? { client_id: 'client' } : null),
  })
  analytics.suites.add('suite')
})
afterEach(() => analytics.stop())

const credentials = { authorization: 'Bearer good', 'x-api-key': 'client' }

async function send(
  text: string | Buffer,
  {
    path = '',
    headers = {},
    part = 'file',
  }: { path?: string; headers?: Record<string, string>; part?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = new FormData()
  const bytes = typeof text === 'string' ? gzipSync(text) : text
  form.set(part, new Blob([new Uint8Array(bytes)]), 'file.csv.gz')
  const response = await fetch(`${analytics.url}/aa/collect/v1/events${path}`, {
    method: 'POST',
    body: form,
    headers: { ...credentials, 'x-adobe-vgid': 'group', ...headers },
  })
  const answer = await response.text()
  return {
    status: response.status,
    body: answer.startsWith('{') ? (JSON.parse(answer) as Record<string, unknown>) : {},
  }
}

it('stores the rows of a valid file and returns their number', async () => {
  const { status, body } = await send([header, row(1), row(2)].join('\n'))

  expect(status).toBe(200)
  expect(body).toMatchObject({
    status_code: 'UPLOADED',
    rows: 2,
    invalid_rows: 0,
    processing_log: 'Processing complete: 2 rows will be submitted. 0 rows were invalid.',
  })
  expect(analytics.suites.hits('suite')).toHaveLength(2)
})

it.each([
  ['lacks a user agent', `1767225600,${'1'.repeat(38)},,home,suite`, /missing 'UserAgent'/],
  ['lacks a visitor', '1767225600,,ua,home,suite', /missing 'VisitorId'/],
  ['has milliseconds', `1767225600000,${'1'.repeat(38)},ua,home,suite`, /invalid 'Timestamp'/],
  ['has too few columns', '1767225600', /Expected 5 columns, but found 1/],
])('stores the valid rows of a file and drops a row that %s', async (_what, bad, log) => {
  const { body } = await send([header, row(1), bad].join('\n'))

  expect(body).toMatchObject({ status_code: 'UPLOADED', rows: 2, invalid_rows: 1 })
  expect(body.processing_log).toMatch(log)
  expect(analytics.suites.hits('suite')).toHaveLength(1)
})

it.each([200, 400] as const)(
  'rejects a file without a valid row, with the chosen status %i',
  async (rejectedStatus) => {
    analytics.knobs.rejectedStatus = rejectedStatus

    const { status, body } = await send([header, '1767225600,,,,'].join('\n'))

    expect(status).toBe(rejectedStatus)
    expect(body).toMatchObject({ status_code: 'REJECTED', error: 'No valid rows were found in the file.' })
  },
)

it.each([
  ['is not gzip', Buffer.from('plain'), {}, 'REJECTED'],
  ['names a column twice', `${header},PAGENAME\n${row(1)},x`, {}, 'REJECTED'],
])('rejects a file that %s', async (_what, text, options, code) => {
  expect((await send(text, options)).body).toMatchObject({ status_code: code })
})

it('requires the visitor group, the part "file", a token, and its client id as API key', async () => {
  const text = [header, row(1)].join('\n')

  expect((await send(text, { headers: { 'x-adobe-vgid': '' } })).status).toBe(400)
  expect((await send(text, { part: 'upload' })).status).toBe(400)
  expect((await send(text, { headers: { authorization: 'Bearer bad' } })).status).toBe(401)
  expect((await send(text, { headers: { 'x-api-key': 'other' } })).body).toMatchObject({
    error_code: '403003',
  })
})

it('answers 403025 to a technical account without a product profile', async () => {
  analytics.knobs.withoutProfile.add('client')

  expect(await send('')).toMatchObject({ status: 403, body: { error_code: '403025' } })
})

it('answers 413 to a file that is too large, compressed or raw', async () => {
  analytics.knobs.rawLimit = 1_000
  expect(
    (await send([header, ...Array.from({ length: 100 }, (_, index) => row(index))].join('\n'))).status,
  ).toBe(413)
  analytics.knobs.gzipLimit = 10
  expect((await send([header, row(1)].join('\n'))).status).toBe(413)
})

it.each([
  ['ingests-again', 2, 200],
  ['echoes', 1, 200],
  ['conflicts', 1, 409],
] as const)('a repeated idempotency key %s', async (repeatedKey, hits, status) => {
  analytics.knobs.repeatedKey = repeatedKey
  const headers = { 'x-adobe-idempotency-key': 'key-1' }
  await send([header, row(1)].join('\n'), { headers })

  expect((await send([header, row(1)].join('\n'), { headers })).status).toBe(status)
  expect(analytics.suites.hits('suite')).toHaveLength(hits)
})

it('finds a file by its key after the lookup lag', async () => {
  analytics.knobs.lookupLagMs = 1_000
  await send([header, row(1)].join('\n'), { headers: { 'x-adobe-idempotency-key': 'key-2' } })
  const find = () => fetch(`${analytics.url}/aa/collect/v1/events/key/key-2`, { headers: credentials })

  expect((await find()).status).toBe(404)
  now += 1_000
  expect(await (await find()).json()).toMatchObject({ rows: 1, idempotency_key: 'key-2' })
})

it('validates a file without storing it', async () => {
  expect(await send([header, row(1)].join('\n'), { path: '/validate' })).toMatchObject({
    status: 200,
    body: { success: 'File is valid' },
  })
  expect((await send([header, 'x'].join('\n'), { path: '/validate' })).status).toBe(400)
  expect(analytics.suites.hits('suite')).toHaveLength(0)
})

it('answers 429 to a second request within a second if it enforces the pace', async () => {
  analytics.knobs.enforcesPace = true
  analytics.knobs.retryAfter = 1
  now += 2_000
  await send([header, row(1)].join('\n'))

  expect(await send([header, row(1)].join('\n'))).toMatchObject({
    status: 429,
    body: { error_code: '429050' },
  })
})

it('leaves the status out of the 200 of an accepted file, and only there, where the knob says so', async () => {
  analytics.knobs.withoutStatusCode = true

  const accepted = await send([header, row(1)].join('\n'))
  const rejected = await send(header)

  expect(accepted).toMatchObject({ status: 200, body: { rows: 1, invalid_rows: 0 } })
  expect(accepted.body).not.toHaveProperty('status_code')
  expect(rejected.body).toMatchObject({ status_code: 'REJECTED' })
})

it('drops hits for a suite without timestamps and answers UPLOADED', async () => {
  analytics.suites.add('suite', 'not-allowed')

  expect((await send([header, row(1)].join('\n'))).body).toMatchObject({ status_code: 'UPLOADED' })
  expect(analytics.suites.hits('suite')).toHaveLength(0)
})
