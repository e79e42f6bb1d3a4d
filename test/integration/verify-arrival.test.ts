import { realFlights } from '../../emulators/partner-api/partner-api'
import { adCostsBetween } from '../../emulators/partner-api/shop'
import { runJobAction } from '../../src/app-builder/run-job-action'
import { verifyArrivalAction } from '../../src/app-builder/verify-arrival-action'
import { bulkDataInsertion, input } from '../../src'
import { jobs } from '../fixtures/app/jobs'
import { costs } from '../fixtures/costs-job'
import { shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { uploadedFlights, uploadedRows } from '../fixtures/stored-flights'
import type { Fault, Matches } from '../../emulators/emulator'
import type { ArrivalReport } from '../../src/pipeline/arrival/verify-arrivals'
import type { RunReport } from '../../src/state/run-report'
import type { Services } from '../fixtures/services'

const marker = 'eVar50'
const columns = [
  'timestamp',
  'marketingCloudVisitorID',
  'userAgent',
  'linkType',
  'linkName',
  'eVar1',
  'eVar2',
  'eVar3',
  'events',
] as const
const marked = jobs.map((job) => ({
  ...job,
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns,
    groups: 2,
    arrivalMarker: marker,
  }),
}))

const rows = 200
let services: Services
beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices({ flights: realFlights().slice(0, rows), pageSize: 100 })
})
afterEach(() => services.stop())

/** No wait before the first question; a batch that is not seen at once is missing. */
const impatient = { ...shortTimes, batchRows: 40, arrivalAfterMs: 0, arrivedWithinMs: 0 }
const patient = { ...shortTimes, batchRows: 40, arrivalAfterMs: 0 }

async function send(these: typeof jobs = marked): Promise<object> {
  return services.activate(runJobAction(these), { DELIVERY_SETTINGS: JSON.stringify(patient) })
}

async function verify(settings: object = patient, these: typeof jobs = marked): Promise<ArrivalReport> {
  const result = await services.activate(verifyArrivalAction(these), {
    DELIVERY_SETTINGS: JSON.stringify(settings),
  })
  return (result as { jobs: { flights: ArrivalReport } }).jobs.flights
}

const inspect = (): Promise<object> => services.activate(runJobAction(marked), { inspect: true })
const isReport: Matches = ({ method, url }) => method === 'POST' && url.endsWith('/reports')
const reportsAsked = () => services.analytics.requests.filter(isReport).length

it('every batch is proven to have arrived by its own marker, with one question, and is not asked for again', async () => {
  const sent = await send()
  const markers = new Set(uploadedRows(services.analytics).map((row) => row[marker]))

  const report = await verify()
  const asked = reportsAsked()
  const again = await verify()

  expect(markers.size).toBe(services.analytics.files.length)
  expect(sent).toMatchObject({ outcome: 'succeeded', rows, batches: markers.size, arrived: 0 })
  expect(report).toMatchObject({
    outcome: 'succeeded',
    confirmed: { batches: markers.size, rows },
    arrived: { batches: markers.size, rows },
    waiting: { batches: 0 },
    missing: [],
    notes: [],
  })
  expect(asked).toBe(1)
  expect(again).toMatchObject({ outcome: 'skipped', arrived: { rows } })
  expect(reportsAsked()).toBe(1)
  // The next report tells.
  services.partner.flights.push(...services.partner.flights.slice(-1))
  expect(await send()).toMatchObject({ arrived: rows })
})

it('a batch that a bot rule drops is reported missing by its id and marker, with that cause among the likely ones', async () => {
  await send()
  const [first] = services.analytics.files
  const [lost = {}] = uploadedRows({ files: first ? [first] : [] })
  services.analytics.knobs.botRule = (hit) => hit.evar50 === lost[marker]

  const report = await verify(impatient)

  expect(report.outcome).toBe('failed')
  expect(report.missing).toEqual([
    expect.objectContaining({
      batch: first?.key,
      markers: [lost[marker]],
      rows: first?.rows,
      found: 0,
      causes: expect.arrayContaining(['bot-rule']) as string[],
    }),
  ])
  expect(report.arrived.rows).toBe(rows - (first?.rows ?? 0))
  expect(report.error).toMatchObject({
    code: 'arrival-missing',
    message: expect.stringContaining(first?.key ?? '') as string,
  })
  expect(await inspect()).toMatchObject({ arrival: { missing: [{ batch: first?.key }] } })
})

it('a persisting marker on a hit of another origin does not count as the arrival of a dropped row', async () => {
  await send()
  const { suites, files, knobs } = services.analytics
  const [first] = files
  const hits = suites.hits(reportSuite)
  const [dropped, kept] = hits.filter(({ group, at }) => group === first?.group && at === first.at)
  const { evar50 = '', ...web } = kept?.columns ?? {}
  suites.ingest('web', [web], kept?.at ?? 0)
  knobs.botRule = (hit) => hit === dropped?.columns

  const report = await verify(impatient)

  expect(report.missing).toEqual([
    expect.objectContaining({ batch: first?.key, markers: [evar50], found: (first?.rows ?? 0) - 1 }),
  ])
})

it('a suite without timestamps shows nothing: every batch is missing with that as the likeliest cause, and none is sent again', async () => {
  services.analytics.suites.add(reportSuite, 'not-allowed')
  await send()
  const files = services.analytics.files.length

  const report = await verify(impatient)
  const again = await verify(impatient)
  await send()

  expect(report).toMatchObject({ outcome: 'failed', arrived: { rows: 0 }, confirmed: { rows } })
  expect(report.missing).toHaveLength(files)
  for (const { causes } of report.missing) expect(causes[0]).toBe('timestamps-not-enabled')
  // It is an error once, and stays on the list.
  expect(again).toMatchObject({ outcome: 'succeeded' })
  expect(again.missing).toHaveLength(files)
  expect(services.analytics.files).toHaveLength(files)
})

it('markers among the low-traffic values are missing with that cause, although the hits are there', async () => {
  await send()
  services.analytics.knobs.uniqueValues = 1

  const report = await verify(impatient)

  expect(report.missing.length).toBe(services.analytics.files.length - 1)
  for (const { causes } of report.missing) expect(causes[0]).toBe('low-traffic')
})

it('rows that reports do not show yet are waited for, and are proven later', async () => {
  await send()
  services.analytics.knobs.reportLagMs = 3_600_000

  const early = await verify()
  services.analytics.knobs.reportLagMs = 0
  const late = await verify()

  expect(early).toMatchObject({
    outcome: 'succeeded',
    arrived: { rows: 0 },
    waiting: { rows },
    missing: [],
  })
  expect(late).toMatchObject({ arrived: { rows }, waiting: { rows: 0 } })
})

/** What may come in the place of a report. */
const noReports: readonly Fault[] = [
  { kind: 'cut-after' },
  { kind: 'reply', reply: { status: 503, body: 'try later' } },
  { kind: 'reply', reply: { status: 429, body: { error_code: '429050' } } },
  { kind: 'reply', reply: { status: 200, body: { rows: [] } } },
  {
    kind: 'reply',
    reply: {
      status: 206,
      body: {
        columns: { columnIds: ['0'], columnErrors: [{ columnId: '0', errorCode: 'unauthorized_metric' }] },
        rows: [],
        summaryData: { totals: [0] },
      },
    },
  },
]

it('an answer that is lost, refused or incomplete changes nothing, and the next look asks again', async () => {
  await send()
  const before = await inspect()

  for (const fault of noReports) {
    services.analytics.once(fault, isReport)
    const report = await verify(impatient)

    expect(report).toMatchObject({ outcome: 'partial', missing: [], waiting: { rows } })
    expect(report.notes).toHaveLength(1)
  }

  expect(await inspect()).toEqual(before)
  expect(await verify(impatient)).toMatchObject({ outcome: 'succeeded', arrived: { rows } })
})

it('a credential without access to reports is an error of the check only, and the next run still delivers', async () => {
  await send()
  services.analytics.once({ kind: 'reply', reply: { status: 403, body: { error_code: '403025' } } }, isReport)

  const report = await verify()

  expect(report).toMatchObject({ outcome: 'failed', error: { code: 'not-permitted' } })
  expect(await send()).toMatchObject({ outcome: 'succeeded' })
})

it('without a marker the totals of the suite are an indication, never counted as arrived', async () => {
  await send(jobs)

  const report = await verify(patient, jobs)

  expect(uploadedFlights(services.analytics)).toHaveLength(rows)
  expect(report).toMatchObject({
    outcome: 'succeeded',
    arrived: { rows: 0 },
    indicated: { rows },
    waiting: { rows: 0 },
  })
})

it('without a marker, fewer hits than were sent contradict the arrival', async () => {
  await send(jobs)
  services.analytics.knobs.botRule = ({ useragent = '' }) => useragent.startsWith('analytics-ingest')

  const report = await verify(impatient, jobs)

  expect(report).toMatchObject({ outcome: 'failed', indicated: { rows: 0 } })
  expect(report.missing).toHaveLength(services.analytics.files.length)
})

describe('of an upload to a data source', () => {
  const isCost = (metric: string) => metric === 'metrics/event1'
  const hour = 3_600_000
  const costsTimes = {
    ...{ leaseTtlMs: 5_000, heartbeatMs: 500, sendTimeoutMs: 750, lookupEveryMs: 50 },
    ...{ dataSourceRequestMs: 0, dataSourceVisibleMs: 250 },
  }
  const activate = (action: ReturnType<typeof runJobAction>, settings: object) =>
    services.activate(action, { DELIVERY_SETTINGS: JSON.stringify(settings), job: 'costs' })
  const run = (patienceMs: number) =>
    activate(runJobAction([costs]), { ...costsTimes, patienceMs }) as Promise<RunReport>
  async function look(): Promise<ArrivalReport> {
    const result = await activate(verifyArrivalAction([costs]), { ...costsTimes, arrivalAfterMs: 0 })
    return (result as { jobs: { costs: ArrivalReport } }).jobs.costs
  }

  it('the totals are shown as they were before and after its processing, beside the sum that was sent', async () => {
    const { analytics } = services
    const { knobs } = analytics.dataSources
    analytics.dataSources.addAccount(reportSuite, 'Ad costs')
    analytics.knobs.liveTotal = (metric) => (isCost(metric) ? 1_000 : 0)
    knobs.paused = true
    await run(0)
    const early = await look()
    // Live traffic moves them, too, which is no incident.
    analytics.knobs.liveTotal = (metric) => (isCost(metric) ? 1_012.5 : 0)
    knobs.paused = false
    let last = await run(10_000)
    for (let runs = 0; last.pending > 0 && runs < 20; runs += 1) last = await run(10_000)
    const late = await look()

    expect(early).toMatchObject({ outcome: 'succeeded', arrived: { rows: 0 } })
    expect(early.totals.length).toBeGreaterThan(0)
    for (const { metrics } of early.totals)
      expect(metrics).toMatchObject([{ name: 'Event 1', before: 1_000, after: null, change: null }])
    expect(last).toMatchObject({ outcome: 'succeeded', pending: 0 })
    expect(late).toMatchObject({ outcome: 'succeeded', missing: [], notes: [] })
    expect(late.arrived).toEqual(late.confirmed)
    expect(late.totals).toHaveLength(early.totals.length)
    for (const { days, metrics } of late.totals) {
      const [from, to] = [Date.parse(days.first), Date.parse(days.last) + 24 * hour]
      const sent = adCostsBetween(from, to, Date.now()).reduce((sum, { cost }) => sum + cost, 0)
      expect(metrics[0]?.sent).toBeCloseTo(sent, 6)
      expect(metrics[0]?.change).toBeCloseTo(sent + 12.5, 6)
    }
  })
})
