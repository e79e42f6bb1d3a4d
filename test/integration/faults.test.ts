import { patientTimes, shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { expectedFlights, fewFlights, uploadedFlights } from '../fixtures/stored-flights'
import type { Fault, Matches } from '../../emulators/emulator'
import type { Services } from '../fixtures/services'
import type { RunReport } from '../../src/state/run-report'

let services: Services

beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices(fewFlights(600))
})
afterEach(() => services.stop())

async function runUntilDone(times = shortTimes): Promise<RunReport> {
  for (let ticks = 0; ticks < 20; ticks += 1) {
    const report = await services.run({ DELIVERY_SETTINGS: JSON.stringify(times) })
    if (report.outcome === 'succeeded' && report.pending === 0) return report
  }
  throw new Error('The job did not finish.')
}

function expectExact(): void {
  expect(uploadedFlights(services.analytics)).toEqual(expectedFlights(services.partner))
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
}

const upload: Matches = ({ method, url }) => method === 'POST' && url === '/aa/collect/v1/events'
const html: Fault = {
  kind: 'reply',
  reply: {
    status: 500,
    headers: { 'content-type': 'text/html' },
    body: '<html><h1>Internal Server Error</h1></html>',
  },
}
const tooMany = (headers: Record<string, string>): Fault => ({
  kind: 'reply',
  reply: { status: 429, headers, body: { error_code: '429050', message: 'Too many requests' } },
})

it('an answer to an upload without a status confirms the batch by its counts, and nothing is looked up', async () => {
  services.analytics.knobs.withoutStatusCode = true

  const report = await runUntilDone()

  expect(report).toMatchObject({ outcome: 'succeeded', confirmedByLookup: 0 })
  expectExact()
})

it.each<[string, Fault | (() => Fault)]>([
  ['is accepted and its answer cut', { kind: 'cut-after' }],
  ['is cut before Adobe has it', { kind: 'cut-before' }],
  ['is accepted and never answered', { kind: 'hang-after' }],
  ['is never answered', { kind: 'hang' }],
  ['is answered by an HTML page with status 500', html],
  ['is throttled', tooMany({})],
  ['is throttled with Retry-After in seconds', tooMany({ 'retry-after': '1' })],
  [
    'is throttled with Retry-After as a date',
    () => tooMany({ 'retry-after': new Date(Date.now() + 1_000).toUTCString() }),
  ],
  [
    'is answered by a redirect',
    { kind: 'reply', reply: { status: 302, headers: { location: 'https://example.com' } } },
  ],
  ['is answered by a conflict', { kind: 'reply', reply: { status: 409, body: { error: 'conflict' } } }],
  [
    'is refused for an expired token',
    { kind: 'reply', reply: { status: 401, body: { error: 'Invalid token (1)' } } },
  ],
  ['is too large', { kind: 'reply', reply: { status: 413, body: 'Request Entity Too Large' } }],
])('every flight arrives once and in order when an upload %s', async (_what, fault) => {
  services.analytics.once(typeof fault === 'function' ? fault() : fault, upload)

  await runUntilDone()

  expectExact()
})

it('every flight arrives once and in order when Adobe accepts a file, answers 500, and the lookup finds it late', async () => {
  services.analytics.knobs.lookupLagMs = 500
  services.analytics.once({ kind: 'cut-after' }, upload)

  const report = await runUntilDone(patientTimes)

  expectExact()
  expect(report.confirmedByLookup).toBe(1)
})

it('a run retries a token request that hangs once', async () => {
  services.ims.once({ kind: 'hang' })

  await runUntilDone()

  expectExact()
})

it('a run mints a new token when the old one expires in the middle', async () => {
  services.ims.lifeMs = 1_500

  await runUntilDone()

  expectExact()
})

it('a run carries on when writes of its state, or their answers, are lost', async () => {
  const writesState: Matches = ({ method, url }) => method === 'PUT' && url.includes('/state.json')
  for (const kind of ['cut-after', 'cut-before', 'cut-after'] as const)
    services.files.once({ kind }, writesState)

  await runUntilDone()

  expectExact()
})

it('of two runs at the same moment, one is skipped', async () => {
  const reports = await Promise.all([services.run(), services.run()])

  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['skipped', 'succeeded'])
  expect(reports.find(({ outcome }) => outcome === 'skipped')).toMatchObject({ reason: 'lease-held' })
  expectExact()
})
