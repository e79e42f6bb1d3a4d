import { startAnalytics } from '../../emulators/analytics/analytics'
import { classifications } from '../../src/destinations/classifications/classifications'
import { dataSources } from '../../src/destinations/data-sources/data-sources'
import { input } from '../../src/inputs'
import { destinationContext } from '../fixtures/destination-context'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { CheckAnswer, CheckFinding, DestinationDefinition } from '../../src/destinations/destination'

const suite = 'examplesuite'
let analytics: AnalyticsEmulator
beforeAll(async () => {
  analytics = await startAnalytics({ verifyToken: () => ({ client_id: 'client' }) })
  analytics.suites.add(suite)
})
afterAll(() => analytics.stop())
beforeEach(() => analytics.requests.splice(0))

function check(
  definition: DestinationDefinition<never>,
  rows: readonly object[] = [],
  inputs: Readonly<Record<string, string>> = {},
): Promise<CheckAnswer> {
  const destination = definition.open(destinationContext(analytics.url, { SUITE: suite, ...inputs }))
  if (!destination.check) throw new RangeError('there is no check')
  return destination.check(rows as readonly never[], new AbortController().signal)
}

/** @throws where the target could not be asked */
function findingsOf(answer: CheckAnswer): readonly CheckFinding[] {
  if (answer.kind !== 'checked') throw new RangeError(JSON.stringify(answer))
  return answer.findings
}

const faultsOf = (answer: CheckAnswer) =>
  findingsOf(answer).flatMap(({ level, subject, message }) => (level === 'fault' ? [[subject, message]] : []))

describe('the check of a classification job', () => {
  const campaigns = (
    columns: readonly [string, ...string[]],
    variable: 'eVar1' | 'eVar2' | 'eVar3' = 'eVar1',
  ) => classifications({ reportSuite: input('SUITE'), variable, columns })
  let set: string
  beforeAll(() => {
    const columns = ['Name', 'Channel']
    const subscriptions = [
      { rsid: suite, dimension: 'variables/evar1' },
      { rsid: 'anothersuite', dimension: 'variables/evar7' },
    ]
    set = analytics.classifications.add({ name: 'Campaigns', columns, subscriptions })
    for (const name of ['One', 'Two'])
      analytics.classifications.add({
        ...{ name, columns, subscriptions: [{ rsid: suite, dimension: 'variables/evar3' }] },
      })
  })

  it('names each column that the set lacks, and the suites whose reports the set changes', async () => {
    const answer = await check(campaigns(['Name', 'Owner', 'channel']))

    expect(faultsOf(answer)).toEqual([
      ['Owner', `is no column of the classification set "Campaigns" (${set}), which has "Name", "Channel"`],
      ['channel', expect.stringContaining('is no column of the classification set')],
    ])
    const said = findingsOf(answer).map(({ message }) => message)
    expect(said).toContainEqual(
      expect.stringContaining(`is subscribed to ${suite} variables/evar1, anothersuite variables/evar7`),
    )
    expect(analytics.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('finds no fault in columns that the set has', async () => {
    expect(faultsOf(await check(campaigns(['Name', 'Channel'])))).toEqual([])
  })

  it.each([
    ['has no set', 'eVar2', 'No classification set is subscribed to eVar2'],
    ['has several sets', 'eVar3', 'has 2 classification sets: "One"'],
  ] as const)('is a fault where the variable %s', async (_what, variable, said) => {
    expect(faultsOf(await check(campaigns(['Name'], variable)))).toEqual([
      ['variable', expect.stringContaining(said)],
    ])
  })
})

describe('the check of a Data Sources job', () => {
  const columns = [
    'Tracking Code',
    'Evar 5',
    'Evar 6',
    'Event 1',
    'Event 2',
    'Event 3',
    'Category',
    'Price',
    'Orders',
  ] as const
  const costs = (account = 'Ad costs', timeZone = 'America/Los_Angeles') =>
    dataSources({ ...{ reportSuite: input('SUITE'), account, kind: 'summary', timeZone }, columns })
  beforeAll(() => {
    analytics.dataSources.addAccount(suite, 'Ad costs')
  })
  afterEach(() => analytics.suites.configure(suite, {}))

  it('names each column that the suite would not show, fractions in a counter, and the time zone', async () => {
    analytics.suites.configure(suite, {
      dimensions: { 'variables/evar5': null, 'variables/evar6': { allowedForReporting: false } },
      metrics: {
        'metrics/event1': null,
        'metrics/event2': { type: 'int' },
        'metrics/event3': { type: 'decimal' },
      },
    })
    const rows = [{ Date: '2026-11-20', 'Event 2': 9.5, 'Event 3': 9.5, Price: 9.5, Orders: 0.5 }]

    expect(faultsOf(await check(costs('Ad costs', 'Europe/Berlin'), rows))).toEqual([
      ['timeZone', 'is Europe/Berlin; the suite cuts its days in US/Pacific'],
      ['Evar 5', expect.stringContaining('is not among the variables that the suite lists')],
      ['Evar 6', expect.stringContaining('is not allowed for reporting')],
      ['Event 1', expect.stringContaining('is not among the variables that the suite lists')],
      ['Event 2', 'counts whole numbers in this suite; `map` sets 9.5'],
      ['Orders', 'counts whole numbers in this suite; `map` sets 0.5'],
    ])
    expect(analytics.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('finds no fault in a job that fits, and names the data source that takes its files', async () => {
    const answer = await check(costs())

    expect(faultsOf(answer)).toEqual([])
    expect(findingsOf(answer)).toContainEqual({
      ...{ level: 'note', subject: 'account' },
      message: 'is the data source 741 (Ad costs), which takes any columns',
    })
  })

  it('names the data sources that there are where the account is none of them', async () => {
    expect(faultsOf(await check(costs('Add costs')))).toEqual([
      ['account', expect.stringContaining('it has 741 (Ad costs)')],
    ])
  })

  it('refuses a virtual report suite', async () => {
    analytics.suites.configure(suite, { parent: 'exampleparent' })

    expect(faultsOf(await check(costs()))).toEqual([
      ['reportSuite', expect.stringContaining('is a virtual report suite of exampleparent')],
    ])
  })
})
