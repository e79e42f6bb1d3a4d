import { shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { expectedFlights, uploadedFlights } from '../fixtures/stored-flights'
import type { Fault, LoggedRequest, Matches } from '../../emulators/emulator'
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

/** Faults after which the closest rival loses, doubles or misorders files. */
const faults: readonly Fault[] = [
  reply(429, { error_code: '429050', message: 'Too many requests' }),
  reply(500, '<html>Internal Server Error</html>', { 'content-type': 'text/html' }),
  { kind: 'cut-after' },
  { kind: 'cut-before' },
  { kind: 'hang' },
  reply(413, 'Request Entity Too Large'),
  reply(401, { error: 'Invalid token (1)' }),
]

it('of 100 files and more, with every third upload failing in one of seven ways, none is lost, duplicated or reordered', async () => {
  const uploads: LoggedRequest[] = []
  const isUpload = (request: LoggedRequest, number: number) => {
    if (upload(request) && !uploads.includes(request)) uploads.push(request)
    return uploads[number] === request
  }
  const armed = Array.from({ length: 28 }, (_, index) => faults[index % faults.length]).flatMap(
    (fault) => fault ?? [],
  )
  for (const [index, fault] of armed.entries())
    services.analytics.once(fault, (request) => isUpload(request, index * 3))
  const params = { DELIVERY_SETTINGS: JSON.stringify({ ...shortTimes, batchRows: 20 }) }

  let report = await services.run(params)
  for (let ticks = 0; ticks < 40 && report.pending > 0; ticks += 1) report = await services.run(params)

  expect(report).toMatchObject({ pending: 0, held: [] })
  // All of them were met: counting ends with the last.
  expect(uploads).toHaveLength((armed.length - 1) * 3 + 1)
  expect(services.analytics.files.length).toBeGreaterThanOrEqual(100)
  expect(uploadedFlights(services.analytics)).toEqual(expectedFlights(services.partner))
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
})
