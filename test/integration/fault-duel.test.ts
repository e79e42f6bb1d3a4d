import { shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { expectedFlights, uploadedFlights } from '../fixtures/stored-flights'
import type { Fault, Matches } from '../../emulators/emulator'
import type { Services } from '../fixtures/services'

let services: Services

beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices()
})
afterEach(() => services.stop())

const upload: Matches = ({ method, url }) => method === 'POST' && url === '/aa/collect/v1/events'
const reply = (status: number, body: string | object, headers: Record<string, string> = {}): Fault => ({
  kind: 'reply',
  reply: { status, body, headers },
})

/** What the closest rival loses, doubles or misorders files by. */
const faults: readonly Fault[] = [
  reply(429, { error_code: '429050', message: 'Too many requests' }),
  reply(500, '<html>Internal Server Error</html>', { 'content-type': 'text/html' }),
  { kind: 'cut-after' },
  { kind: 'cut-before' },
  { kind: 'hang' },
  reply(413, 'Request Entity Too Large'),
  reply(401, { error: 'Invalid token (1)' }),
]

it('100 files under throttling, errors, cuts, hangs, size limits and expired tokens: none lost, doubled or misordered', async () => {
  let uploads = 0
  for (let index = 0; index < 28; index += 1) {
    const fault = faults[index % faults.length]
    // Every third upload or so goes wrong, each in another way.
    const due = index * 3
    if (fault) services.analytics.once(fault, (request) => upload(request) && uploads++ >= due)
  }
  const settings = { ...shortTimes, batchRows: 200 }

  let report = await services.run({ DELIVERY_SETTINGS: JSON.stringify(settings) })
  for (let ticks = 0; ticks < 40 && report.pending > 0; ticks += 1) {
    report = await services.run({ DELIVERY_SETTINGS: JSON.stringify(settings) })
  }

  expect(report).toMatchObject({ pending: 0, held: [] })
  expect(services.analytics.files.length).toBeGreaterThanOrEqual(100)
  expect(uploadedFlights(services.analytics)).toEqual(expectedFlights())
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
}, 300_000)
