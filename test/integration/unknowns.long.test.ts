import { patientTimes, shortTimes } from '../fixtures/deployed-app'
import { reportSuite, startServices } from '../fixtures/services'
import { expectedFlights, uploadedFlights } from '../fixtures/stored-flights'
import type { Matches } from '../../emulators/emulator'
import type { Services } from '../fixtures/services'
import type { RunReport } from '../../src/state/run-report'

/** What Adobe does where nobody has written it down: each possibility must come to the right end. */
let services: Services
beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices()
})
afterEach(() => services.stop())

const upload: Matches = ({ method, url }) => method === 'POST' && url === '/aa/collect/v1/events'

async function runUntil(done: (report: RunReport) => boolean, times = shortTimes): Promise<RunReport> {
  for (let ticks = 0; ticks < 20; ticks += 1) {
    const report = await services.run({ DELIVERY_SETTINGS: JSON.stringify(times) })
    if (done(report)) return report
  }
  throw new Error('The job did not come to that end.')
}
const delivered = ({ outcome, pending }: RunReport) => outcome === 'succeeded' && pending === 0
const waitsForPerson = ({ held }: RunReport) => held.length > 0

function expectExact(): void {
  expect(uploadedFlights(services.analytics)).toEqual(expectedFlights(services.partner))
  expect(services.analytics.suites.outOfOrder(reportSuite)).toEqual([])
}

describe.each(['ingests-again', 'echoes', 'conflicts'] as const)('a repeated key %s', (repeatedKey) => {
  beforeEach(() => {
    services.analytics.knobs.repeatedKey = repeatedKey
  })

  it('an upload that is lost before Adobe arrives once', async () => {
    services.analytics.once({ kind: 'cut-before' }, upload)

    await runUntil(delivered)

    expectExact()
  })

  it('an upload that is accepted, whose answer is lost and which the lookup finds late, arrives once', async () => {
    services.analytics.knobs.lookupLagMs = 300
    services.analytics.once({ kind: 'cut-after' }, upload)

    await runUntil(delivered, patientTimes)

    expectExact()
  })
})

it.each(['echoes', 'conflicts'] as const)(
  'even a lookup that lags behind all patience doubles nothing where a repeated key %s',
  async (repeatedKey) => {
    services.analytics.knobs.repeatedKey = repeatedKey
    services.analytics.knobs.lookupLagMs = 1_500
    services.analytics.once({ kind: 'cut-after' }, upload)

    await runUntil(delivered)

    expectExact()
  },
)

it.each([200, 400])(
  'a file refused with status %i waits for a person, and arrives once when sent again',
  async (status) => {
    const body = {
      status_code: 'REJECTED',
      status: 'File rejected',
      error: 'No valid rows were found in the file.',
      processing_log: 'Processing complete: 0 rows will be submitted.',
    }
    services.analytics.once({ kind: 'reply', reply: { status, body } }, upload)

    const { held } = await runUntil(waitsForPerson)
    expect(held[0]).toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('No valid rows') as string,
    })

    await services.run({ resolve: held[0]?.batch, as: 'resend' })
    await runUntil(delivered)
    expectExact()
  },
)

it('a file that Adobe accepts in part is held, and is never sent again', async () => {
  const body = {
    status_code: 'UPLOADED',
    rows: 10,
    invalid_rows: 1,
    processing_log: "On row: 7, missing 'UserAgent'.",
  }
  services.analytics.once({ kind: 'reply', reply: { status: 200, body } }, upload)

  const { held } = await runUntil(waitsForPerson)

  expect(held[0]).toMatchObject({
    code: 'invalid-rows',
    choices: expect.not.arrayContaining(['resend']) as string[],
  })
  await services.run({ resolve: held[0]?.batch, as: 'sent' })
  await runUntil(delivered)
  const uploads = services.analytics.requests.filter(upload)
  expect(new Set(uploads.map(({ headers }) => headers['x-adobe-idempotency-key'])).size).toBe(uploads.length)
})

it('a secret that Adobe repeats and the redactor does not know is neither stored nor reported nor logged', async () => {
  const canary = 'canary-3f9a7c51e0d24b86a1c5'
  const body = { status_code: 'REJECTED', error: `Unknown visitor ${canary}`, processing_log: canary }
  services.analytics.once({ kind: 'reply', reply: { status: 400, body } }, upload)

  const report = await runUntil(waitsForPerson)

  const [held] = report.held
  expect(held).toMatchObject({
    message: expect.stringContaining('Unknown visitor […]') as string,
    choices: expect.arrayContaining([expect.stringContaining(`resolve=${held?.batch} as=drop`)]) as string[],
  })
  const stored = services.files.requests.map(({ body }) => body.toString()).join()
  expect(stored).toContain(`"message":"The destination answered: Unknown visitor […]`)
  const logged = [console.log, console.warn, console.error].flatMap((log) => jest.mocked(log).mock.calls)
  for (const text of [stored, JSON.stringify(report), JSON.stringify(logged)])
    expect(text).not.toContain(canary)
})
