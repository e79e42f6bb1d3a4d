import { ftpPassword } from '../../emulators/analytics/data-sources/data-sources'
import { adCostsBetween } from '../../emulators/partner-api/shop'
import { runJobAction } from '../../src/app-builder/run-job-action'
import { costs, costsStart as start } from '../fixtures/costs-job'
import { reportSuite, startServices } from '../fixtures/services'
import type { Fault, Matches } from '../../emulators/emulator'
import type { RunReport } from '../../src/state/run-report'
import type { Services } from '../fixtures/services'

const dayMs = 24 * 60 * 60_000
const main = runJobAction([costs])

const times = {
  ...{ leaseTtlMs: 5_000, heartbeatMs: 500, sendTimeoutMs: 750, lookupEveryMs: 50, patienceMs: 10_000 },
  ...{ dataSourceRequestMs: 0, dataSourceVisibleMs: 250 },
}
/** A late file must show before its absence counts, on a busy machine. */
const patient = { ...times, dataSourceVisibleMs: 20_000 }

let services: Services
beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices()
  services.analytics.dataSources.addAccount(reportSuite, 'Ad costs')
})
afterEach(() => services.stop())

async function run(params: object = {}, settings: object = times): Promise<RunReport> {
  const given = { job: 'costs', DELIVERY_SETTINGS: JSON.stringify(settings), ...params }
  return (await services.activate(main, given)) as RunReport
}

async function runUntil(done: (report: RunReport) => boolean, settings: object = times): Promise<RunReport> {
  let last: RunReport | null = null
  for (let ticks = 0; ticks < 20; ticks += 1) {
    last = await run({}, settings)
    if (done(last)) return last
  }
  throw new Error(`The job did not come to that end: ${JSON.stringify(last)}`)
}
const delivered = ({ outcome, pending, reason }: RunReport) =>
  pending === 0 && (outcome === 'succeeded' || reason === 'nothing-due')
const waitsForPerson = ({ held }: RunReport) => held.length > 0

/** The rows that the two weeks must become, in the order of time. */
function expected(): string[] {
  return adCostsBetween(start, start + 14 * dayMs, Date.now()).map(({ date, campaign, cost }) => {
    const [year, month, day] = date.split('-')
    return `${month}/${day}/${year} ${campaign} ${cost}`
  })
}

function stored(): string[] {
  const rows = services.analytics.dataSources.rows(reportSuite)
  return rows.map((row) => `${row.date} ${row['tracking code']} ${row['event 1']}`)
}

/** Every row once; those of a day in any order, since a file has one row of each campaign. */
function expectExact(): void {
  expect([...stored()].sort()).toEqual([...expected()].sort())
  const daysOf = (lines: readonly string[]) => lines.map((line) => line.slice(0, 10))
  expect(daysOf(stored())).toEqual(daysOf(expected()))
}

const upload: Matches = ({ method, url }) => method === 'POST' && url.includes('/datasources/job/')
const poll: Matches = ({ method, url }) =>
  method === 'GET' && /\/datasources\/job\/[^?]+\/\d+\/\d+$/.test(url)
const lookup: Matches = ({ method, url }) => method === 'GET' && url.includes('?status=')
const accounts: Matches = ({ url }) => url.includes('/datasources/account/')
const reply = (status: number, body: string | object = ''): Fault => ({
  kind: 'reply',
  reply: { status, body },
})
const unexpected = { errorCode: 'unexpected_error', errorId: 'e' }

it('a sliced job uploads every row once and in order, and confirms it once Adobe counts its rows', async () => {
  const first = await runUntil(delivered, { ...times, dataSourceFileRows: 50 })
  const second = await run()

  expect(expected()).toHaveLength(14 * 12)
  expect(first).toMatchObject({ records: expected().length, rows: expected().length, rejects: 0 })
  expect(first.confirmed).toBe(first.batches)
  expect(first.batches).toBe(4)
  expect(second).toMatchObject({ outcome: 'skipped', reason: 'nothing-due' })
  expectExact()
})

it.each<[string, Matches, Fault]>([
  ['an upload is accepted and its answer cut', upload, { kind: 'cut-after' }],
  ['an upload is cut before Adobe has it', upload, { kind: 'cut-before' }],
  ['an upload is answered by an HTML page', upload, reply(500, '<html>')],
  ['an upload is refused for an expired token', upload, reply(401, { error_code: '401013', message: 'no' })],
  ['an upload is too large', upload, reply(413)],
  ['a poll is cut', poll, { kind: 'cut-before' }],
  ['a poll is answered by an error', poll, reply(500, unexpected)],
  ['the accounts are not listed', accounts, reply(500, unexpected)],
])('every row arrives once and in order when %s', async (_what, matches, fault) => {
  services.analytics.once(fault, matches)

  await runUntil(delivered)

  expectExact()
})

it('a lost upload that shows late in the job list arrives once', async () => {
  services.analytics.dataSources.knobs.listLagMs = 500
  services.analytics.once({ kind: 'cut-after' }, upload)

  const report = await runUntil(delivered, patient)

  expectExact()
  expect(services.analytics.requests.filter(lookup).length).toBeGreaterThan(5)
  expect(services.analytics.requests.filter(upload)).toHaveLength(report.batches)
})

it('two runs at the same moment upload every row once', async () => {
  await Promise.all([run(), run()])
  await runUntil(delivered)

  expectExact()
})

it('imports that take longer than a run are polled by later ones', async () => {
  services.analytics.dataSources.knobs.workMs = 60
  const first = await run({}, { ...times, patienceMs: 0, lookupEveryMs: 20 })
  const last = await runUntil(delivered)

  expect(first).toMatchObject({ outcome: 'partial' })
  expect(last.pending).toBe(0)
  expectExact()
})

describe('a batch waits for a person, and is never sent again by itself,', () => {
  async function hold(fault: Fault, matches: Matches): Promise<RunReport['held'][number]> {
    services.analytics.once(fault, matches)
    const { held } = await runUntil(waitsForPerson)
    await run()
    const [first] = held
    return first ?? fail()
  }
  const ended = (status: string, rows: number | null) =>
    reply(200, { filename: 'f', job_id: 1, status, rows })

  it.each([
    ['Adobe processes fewer rows', ended('success', 49), 'Rows stored: 49 of'],
    ['the import is deleted', ended('deleted', 0), 'Rows stored: an unknown number'],
  ])('where %s', async (_what, fault, message) => {
    const held = await hold(fault, poll)
    const uploads = services.analytics.requests.filter(upload).length

    expect(held.code).toBe('ingested-in-part')
    expect(held.message).toContain(message)
    expect(held.message).toContain('file log')
    expect(held.choices.some((choice) => choice.includes('as=resend'))).toBe(false)
    await run({ resolve: held.batch, as: 'sent' })
    await runUntil(delivered)
    expect(services.analytics.requests.filter(upload).length).toBeGreaterThanOrEqual(uploads)
    expectExact()
  })

  it('where the upload is refused, and arrives once when a person sends it again', async () => {
    const held = await hold(reply(400, { errorCode: 'invalid_data', errorDescription: 'No' }), upload)

    expect(held).toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('invalid_data No') as string,
    })
    await run({ resolve: held.batch, as: 'resend' })
    await runUntil(delivered)
    expectExact()
  })

  it('where its file has been taken twice', async () => {
    const { jobs } = services.analytics.dataSources
    const double = () => {
      const { suite, account, name, bytes } = jobs.all.at(-1) ?? fail()
      jobs.add({ suite, account, name, bytes })
    }
    services.analytics.once({ kind: 'cut-after' }, upload)
    // The very first lookups come before anything was sent: the state of an earlier time may have been lost.
    const afterUpload: Matches = (request) => lookup(request) && jobs.all.length > 0
    const held = await hold({ kind: 'call', when: 'before', effect: double }, afterUpload)

    expect(held.code).toBe('found-twice')
    expect(held.message).toContain('several jobs with its file name')
  })
})

function fail(): never {
  throw new RangeError('there is none')
}

it('a data source that does not exist is a clear error; once it exists, its batches arrive', async () => {
  const { jobs } = services.analytics.dataSources
  services.analytics.once(reply(200, []), accounts)

  const report = await run()

  expect(report).toMatchObject({ outcome: 'failed', error: { code: 'job-invalid' } })
  expect(report.error?.message).toContain('has no data source with the id or name "Ad costs"; it has none.')
  expect(jobs.all).toEqual([])
  await runUntil(delivered)
  expectExact()
})

it('an account without the permission is a clear error that names it', async () => {
  services.analytics.once(reply(403, { errorCode: 'insufficient_access', errorDescription: 'No' }), accounts)

  expect((await run()).error).toMatchObject({
    code: 'not-permitted',
    remedy: expect.stringContaining('"Data Sources Manager"') as string,
  })
})

it('the FTP password of a data source is neither stored, reported nor logged', async () => {
  services.analytics.once(reply(500, [{ ftp_password: ftpPassword }]), accounts)
  const reports = [await run(), await runUntil(delivered)]

  const kept = services.files.requests.map(({ body }) => body.toString()).join()
  const logged = [console.log, console.warn, console.error].flatMap((log) => jest.mocked(log).mock.calls)
  expect(kept).toContain('costs')
  expect(logged.length).toBeGreaterThan(0)
  for (const text of [kept, JSON.stringify(reports), JSON.stringify(logged)])
    expect(text).not.toContain(ftpPassword)
})
