import { realFlights } from '../../emulators/partner-api/partner-api'
import { shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { expectedFlights, sharedVisitors, uploadedFlights } from '../fixtures/stored-flights'
import type { FlightRecord } from '../../emulators/partner-api/partner-api'
import type { Services } from '../fixtures/services'

let services: Services

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined)
  services = await startServices()
})
afterEach(() => services.stop())

it('the flights job writes 20,000 real flights once, in order and confirmed; the next run reads only the last one again', async () => {
  services.partner.flights.splice(0, Infinity, ...realFlights())
  const settings = { DELIVERY_SETTINGS: JSON.stringify({ ...shortTimes, batchRows: 2_500 }) }
  const first = await services.run(settings)
  const second = await services.run(settings)

  expect(first).toMatchObject({
    outcome: 'succeeded',
    records: 20_000,
    rows: 20_000,
    rejects: 0,
    invalidRows: 0,
  })
  expect(first.confirmed).toBe(first.batches)
  expect(second).toMatchObject({ outcome: 'succeeded', records: 1, repeated: 1, rows: 0, batches: 0 })
  expect(uploadedFlights(services.analytics)).toEqual(expectedFlights(services.partner))
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
  expect(sharedVisitors(services.analytics)).toEqual([])
})

it('the flights job sends flights that arrive later, also those of the last minute', async () => {
  await services.run()
  const last = services.partner.flights.at(-1) as FlightRecord
  services.partner.flights.push({ ...last, delay: 77 }, { ...last, date: '2001/03/31 22:59', delay: 78 })

  const report = await services.run()

  expect(report).toMatchObject({ outcome: 'succeeded', records: 3, repeated: 1, rows: 2 })
  expect(uploadedFlights(services.analytics)).toHaveLength(2_002)
})

it('the flights job rejects records that cannot become rows, each with its reason', async () => {
  const [first, ...rest] = realFlights().slice(0, 200)
  services.partner.flights.splice(0, Infinity, { ...first, delay: 'late' }, ...rest, {
    date: '2001/04/01 00:00',
  })

  const report = await services.run()

  expect(report).toMatchObject({
    outcome: 'succeeded',
    records: 201,
    rows: 199,
    rejects: 2,
    rejectsByReason: { 'record-invalid': 2 },
  })
})

it('one flight dated 9999 is a reject and does not move the cursor past later flights', async () => {
  const [first, second, third] = realFlights()
  services.partner.flights.splice(0, Infinity, first, second, { ...third, date: '9999/12/31 23:59' })
  const before = await services.run()
  services.partner.flights.splice(2, 0, third)

  const after = await services.run()

  expect(before).toMatchObject({ rows: 2, rejectsByReason: { 'cursor-ahead': 1 } })
  expect(after).toMatchObject({ outcome: 'succeeded', rows: 1, rejects: 0 })
  expect(uploadedFlights(services.analytics)).toHaveLength(3)
})

it('a range of flights is named in the notation of their dates', async () => {
  await services.run()
  const [first] = realFlights()
  const range = { from: first?.date ?? '', to: '2001/01/01 01:00' }

  const refused = await services.run(range)
  const forced = await services.run({ ...range, force: 'true' })

  expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
  expect(forced.rows).toBe(realFlights().filter(({ date }) => date < range.to).length)
  expect(forced.rows).toBeGreaterThan(0)
})

it('the flights job sends nothing at all where too many records cannot become rows', async () => {
  services.partner.flights.splice(
    100,
    Infinity,
    ...realFlights()
      .slice(100, 200)
      .map((flight) => ({ ...flight, delay: null })),
  )

  const report = await services.run()

  expect(report).toMatchObject({ outcome: 'failed', error: { code: 'too-many-rejects' } })
  expect(services.analytics.files).toHaveLength(0)
})

it('a dry run maps and checks all records, and writes nothing', async () => {
  const report = await services.run({ dryRun: 'true' })

  expect(report).toMatchObject({ reason: 'dry-run', records: 2_000, rows: 2_000, rejects: 0 })
  const asked = services.analytics.requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`)
  expect(asked).toEqual([
    'GET /api/exampl0/reportsuites/collections/suites/exampleflights',
    'GET /api/exampl0/dimensions',
    'GET /api/exampl0/metrics',
    'POST /aa/collect/v1/events/validate',
  ])
  expect(services.analytics.files).toEqual([])
  expect(services.files.requests.filter(({ method }) => method === 'PUT')).toHaveLength(0)
})

it('a job can be inspected before and after it ran', async () => {
  const before = await services.run({ inspect: 'true' })
  await services.run()
  const after = await services.run({ inspect: 'true' })

  expect(before).toMatchObject({ job: 'flights', state: 'This job has not run yet.' })
  expect(after).toMatchObject({
    job: 'flights',
    lease: null,
    mode: 'incremental',
    cursor: (services.partner.flights.at(-1) as FlightRecord).date,
    outbox: [],
    held: [],
  })
})
