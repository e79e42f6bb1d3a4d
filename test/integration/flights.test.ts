import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { realFlights } from '../../emulators/partner-api/partner-api'
import { main } from '../../actions/run-job'
import { apiKey, namespace, reportSuite, startServices } from '../fixtures/services'
import type { Services } from '../fixtures/services'
import type { RunReport } from '../../src/state/run-report'

const quickly = JSON.stringify({ requestMs: 0, groupMs: 0, rowsPerSecond: 1e9 })

let services: Services

beforeAll(async () => {
  services = await startServices()
})
afterAll(() => services.stop())

beforeEach(() => {
  Object.assign(process.env, {
    __OW_ACTIVATION_ID: 'activation',
    __OW_ACTION_NAME: `/${namespace}/analytics-ingest/run-job`,
    __OW_NAMESPACE: namespace,
    __OW_API_HOST: 'http://127.0.0.1:1',
    __OW_API_KEY: apiKey,
    __OW_DEADLINE: String(Date.now() + 3_600_000),
  })
})

async function run(params: object = {}): Promise<RunReport> {
  return (await main({
    ...services.inputs,
    DELIVERY_SETTINGS: quickly,
    job: 'flights',
    ...params,
  })) as RunReport
}

it('writes 20,000 real flights once, in order and confirmed, and finds nothing more to do', async () => {
  const first = await run()
  const second = await run()

  expect(first).toMatchObject({
    outcome: 'succeeded',
    records: 20_000,
    rows: 20_000,
    rejects: 0,
    invalidRows: 0,
  })
  expect(first.confirmed).toBe(first.batches)
  expect(second).toMatchObject({ outcome: 'succeeded', records: 0, rows: 0, batches: 0 })
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
  expect(uploadedFlights()).toEqual(realFlights().map(flightLine).sort())
})

function uploadedFlights(): string[] {
  return services.analytics.files
    .flatMap(({ bytes }) => parse(gunzipSync(bytes), { columns: true }) as Record<string, string>[])
    .map(({ timestamp, eVar1, eVar2, events }) => [timestamp, eVar1, eVar2, events].join('|'))
    .sort()
}

function flightLine({
  date,
  origin,
  destination,
  delay,
  distance,
}: ReturnType<typeof realFlights>[number]): string {
  const seconds = Date.parse(`${date.replaceAll('/', '-').replace(' ', 'T')}Z`) / 1000
  return [seconds, origin, destination, `event1,event2=${delay},event3=${distance}`].join('|')
}
