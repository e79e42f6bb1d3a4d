import { readFileSync } from 'node:fs'
import { startAnalytics } from '../../emulators/analytics/analytics'
import { startEmulator } from '../../emulators/emulator'
import { startIms } from '../../emulators/ims/ims'
import { imsChain } from '../../src/auth/ims/ims-chain'
import { clock, http, random } from '../../src/app-builder/container'
import { checkJob } from '../../src/app-builder/doctor/check-job'
import { readCredentials } from '../../src/app-builder/params/credential-params'
import { silentLog } from '../../src/log'
import { createRedactor } from '../../src/http/redact'
import { orders } from '../fixtures/mistaken/orders'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { Emulator } from '../../emulators/emulator'
import type { ImsEmulator } from '../../emulators/ims/ims'
import type { Finding } from '../../src/app-builder/doctor/finding'

const suite = 'exampleorders'
const folder = 'test/fixtures/mistaken'
let records: readonly object[]
const order = { id: 'o1', at: '2026-11-20T06:00:00Z', total: 9.99, color: 'red' }

let ims: ImsEmulator
let analytics: AnalyticsEmulator
let source: Emulator
let inputs: Record<string, string>
beforeEach(async () => {
  records = [order]
  ims = await startIms()
  analytics = await startAnalytics({ verifyToken: (token) => ims.verify(token) })
  analytics.suites.add(suite)
  source = await startEmulator(() => ({ status: 200, body: { data: records } }))
  const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
  ims.register({
    ...{ clientId: 'client', secrets: ['canary-secret'], orgId, scopes: ['openid', 'AdobeID'] },
    technicalAccountId: 'ABC@techacct.adobe.com',
  })
  inputs = {
    ...{ IMS_BASE_URL: ims.url, ANALYTICS_BASE_URL: analytics.url, ORDERS_API_BASE_URL: source.url },
    ...{ ANALYTICS_REPORT_SUITE: suite, ANALYTICS_COMPANY_ID: 'exampl0' },
    ...{ IMS_OAUTH_S2S_CLIENT_ID: 'client', IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-secret' },
    ...{ IMS_OAUTH_S2S_ORG_ID: orgId, IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]' },
  }
})
afterEach(async () => {
  await ims.stop()
  await analytics.stop()
  await source.stop()
})

/** What `npm run doctor -- --job orders` says of the job. */
async function findingsOf(name = 'orders'): Promise<readonly Finding[]> {
  const context = { baseUrl: ims.url, http, clock, random }
  const token = await imsChain(readCredentials(inputs), context, { log: silentLog })()
  return checkJob(inputs, token, { name, jobs: [orders], folder, redactor: createRedactor() })
}

/** The lines of the job's file that have a word. */
function linesWith(word: string): string {
  const lines = readFileSync(`${folder}/orders.ts`, 'utf8').split('\n')
  const found = lines.flatMap((line, index) => (new RegExp(`\\b${word}\\b`).test(line) ? [index + 1] : []))
  return `${folder}/orders.ts:${found.join(', ')}`
}

const merchandising = {
  merchandisingSyntax: 'conversion_variable',
  bindingEvents: ['metrics/event20'],
} as const
const fitting = {
  metrics: { 'metrics/event6': { type: 'decimal' } },
  dimensions: { 'variables/evar10': { merchandisingSyntax: 'product' } },
} as const

it('names each mapping mistake that the suite can tell, with its lines, before anything is sent', async () => {
  analytics.suites.configure(suite, {
    dimensions: {
      'variables/evar5': null,
      'variables/evar6': { allowedForReporting: false },
      'variables/evar7': { dataType: 'counter' },
      'variables/evar8': { merchandisingSyntax: 'product' },
      'variables/evar9': merchandising,
      'variables/prop3': null,
      'variables/listvar1': null,
    },
    metrics: {
      'metrics/event4': null,
      'metrics/event5': { allowedForReporting: false },
      'metrics/event7': null,
    },
  })

  const findings = await findingsOf()

  const faults = findings.filter(({ level }) => level === 'fault')
  const expected: readonly (readonly [subject: string, message: string])[] = [
    ['eVar5', 'it does not exist, is disabled'],
    ['eVar6', 'is not allowed for reporting'],
    ['eVar7', 'is a counter and takes numbers; `map` sets a text such as "red"'],
    ['eVar8', 'is read from the column `products` only'],
    ['eVar9', 'no row sets an event that binds it (metrics/event20)'],
    ['prop3', 'it does not exist, is disabled'],
    ['list1', 'it does not exist, is disabled'],
    ['event4', 'it does not exist, is disabled'],
    ['event5', 'is not allowed for reporting'],
    ['event6', 'is a counter and takes whole numbers; `map` sets 9.99'],
    ['event7', 'it does not exist, is disabled'],
    ['eVar10', 'is no merchandising eVar with product syntax'],
  ]
  expect(faults.map(({ subject }) => subject)).toEqual(expected.map(([subject]) => `Job orders, ${subject}`))
  for (const [index, [subject, message]] of expected.entries()) {
    expect(faults[index]?.message).toContain(message)
    expect(faults[index]?.remedy).toBe(`Change ${linesWith(subject)}`)
  }
  expect(analytics.requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

it('finds no fault in a job that fits, and notes the settings of the suite and those that it cannot check', async () => {
  analytics.suites.configure(suite, { ...fitting, timeZone: 'Europe/Berlin', currency: 'EUR' })

  const findings = await findingsOf()

  expect(findings.filter(({ level }) => level === 'fault')).toEqual([])
  const said = findings.map(({ message }) => message).join('\n')
  expect(said).toContain('its first page has 1 records, which become 1 rows')
  expect(said).toContain('cuts its days in Europe/Berlin and counts money in EUR')
  expect(said).toMatch(/cannot be asked for list delimiters, .*timestamp mode/)
  expect(said).toContain('fits what the target says of itself')
})

it('accepts a counter that gets numbers, and a merchandising eVar whose event is set', async () => {
  analytics.suites.configure(suite, {
    ...fitting,
    dimensions: {
      ...fitting.dimensions,
      'variables/evar9': { ...merchandising, bindingEvents: ['metrics/event3'] },
    },
  })

  expect((await findingsOf()).filter(({ level }) => level === 'fault')).toEqual([])
})

it('names the rows that the run would reject, by code and column, although the suite takes their variables', async () => {
  analytics.suites.configure(suite, fitting)
  const long = { ...order, id: 'o'.repeat(256) }
  records = [order, long, { ...long, at: 'yesterday' }, long]

  const findings = await findingsOf()

  expect(findings.filter(({ level }) => level === 'fault')).toEqual([
    {
      ...{ level: 'fault', subject: 'Job orders, rows' },
      message:
        '3 of 4 rows would be rejects: value-too-long at eVar5 (2), timestamp-invalid at timestamp (1)',
      remedy: expect.stringContaining('dryRun=true') as string,
    },
  ])
  expect(findings.map(({ message }) => message).join()).not.toContain('fits what the target says')
})

it('refuses a virtual report suite, to which no hits can be sent', async () => {
  analytics.suites.configure(suite, { ...fitting, parent: 'exampleparent' })

  const faults = (await findingsOf()).filter(({ level }) => level === 'fault')

  expect(faults.map(({ message }) => message)).toEqual([
    'is a virtual report suite of exampleparent: hits can be sent to that one only',
  ])
})

it('checks the declared columns where the source cannot be read, and reports that', async () => {
  source.once({ kind: 'reply', reply: { status: 404 } })
  analytics.suites.configure(suite, { dimensions: { 'variables/prop3': null } })

  const faults = (await findingsOf()).filter(({ level }) => level === 'fault')

  expect(faults.map(({ subject }) => subject)).toEqual(['Job orders, source', 'Job orders, prop3'])
  expect(faults[0]?.remedy).toContain('Only the declared columns are checked')
})

it.each<[string, () => void, string]>([
  ['the suite is unknown', () => (inputs.ANALYTICS_REPORT_SUITE = 'another'), 'not-permitted: HTTP 403'],
  ['the company is unset', () => delete inputs.ANALYTICS_COMPANY_ID, 'ANALYTICS_COMPANY_ID is not set'],
])('reports that the target could not be checked where %s', async (_, spoil, said) => {
  spoil()

  const faults = (await findingsOf()).filter(({ level }) => level === 'fault')

  expect(faults.map(({ message }) => message).join()).toContain(`the target could not be asked: `)
  expect(faults.map(({ message }) => message).join()).toContain(said)
})

it('names the jobs there are where the job is unknown', async () => {
  const [finding] = await findingsOf('ordres')

  expect(finding).toMatchObject({ level: 'fault', subject: 'Job ordres' })
  expect(finding?.remedy).toContain('orders')
})
