import { startAnalytics } from '../../emulators/analytics/analytics'
import { bulkDataInsertion } from '../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { classifications } from '../../src/destinations/classifications/classifications'
import { input } from '../../src/inputs'
import { cuttableHttp, destinationContext, destinationToken } from '../fixtures/destination-context'
import { keyedDestination, keyedService } from '../model/destinations/keyed'
import { namedDestination, namedService } from '../model/destinations/named'
import { askOutcomes, sendOutcomes } from '../model/destinations/network'
import { eventOf } from '../model/destinations/rows'
import { upsertDestination, upsertService } from '../model/destinations/upsert'
import { createTime, startProcess } from '../model/time'
import { describeDestination } from './destination.contract'
import { listDestination } from './list-destination'
import type { Choices } from '../model/choices'
import type { Network } from '../model/destinations/network'
import type { DestinationUnderTest } from './destination.contract'
import type { List, Weather } from './list-destination'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

describeDestination('a destination written in sixty lines', 'keyed', () => {
  const list: List = new Map()
  const weather: Weather = { next: null }
  return Promise.resolve<DestinationUnderTest>({
    destination: listDestination(list, weather),
    rows: names.map((id, at) => ({ id, at })),
    names,
    badRow: { id: 'two words', at: 0 },
    stored: () => [...list.values()].flat(),
    meet(obstacle) {
      weather.next =
        obstacle === 'answer-lost'
          ? { kind: 'unknown', message: 'lost' }
          : obstacle === 'throttled'
            ? { kind: 'throttled', retryAfterMs: null }
            : { kind: obstacle, message: 'no' }
    },
    await: (call) => call,
    settle: () => Promise.resolve(),
    secrets: [],
    stop: () => Promise.resolve(),
  })
})

const reportSuite = 'suite'
const columns = ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'pageName', 'eVar1'] as const
const hit = {
  timestamp: 1_700_000_000,
  marketingCloudVisitorID: '1'.repeat(38),
  userAgent: 'test/1.0',
  pageName: 'home, "quoted"\n',
}

describeDestination('Bulk Data Insertion', 'keyed', async () => {
  const analytics = await startAnalytics({
    verifyToken: (given) => (given === destinationToken ? { client_id: 'client' } : null),
  })
  analytics.suites.add(reportSuite)
  const link = cuttableHttp(analytics.url)
  const definition = bulkDataInsertion({ reportSuite: input('SUITE'), columns, groups: 2 })

  return {
    destination: definition.open(
      destinationContext(analytics.url, { SUITE: reportSuite }, { http: link.http }),
    ),
    rows: names.map((eVar1, second) => ({ ...hit, timestamp: hit.timestamp + second, eVar1 })),
    names,
    badRow: { ...hit, eVar1: 'x'.repeat(256) },
    stored: () => analytics.suites.hits(reportSuite).map(({ columns: { evar1 = '' } }) => evar1),
    meet(obstacle) {
      if (obstacle === 'not-sent') link.cut()
      else if (obstacle === 'answer-lost') analytics.once({ kind: 'cut-after' })
      else analytics.once({ kind: 'reply', reply: refusals[obstacle] })
    },
    await: (call) => call,
    settle: () => Promise.resolve(),
    secrets: [destinationToken, echoed],
    stop: () => analytics.stop(),
  }
})

const rowsOf = names.map((key) => ({ key, Name: key, Note: key === 'c' ? '' : 'quoted, "é"' }))

describe.each([
  ['JSON', {}],
  ['a file', { classificationJsonBytes: 0 }],
])('Classifications', (way, settings) => {
  describeDestination(`imported as ${way}`, 'upsert', async () => {
    const analytics = await startAnalytics({
      verifyToken: (given) => (given === destinationToken ? { client_id: 'client' } : null),
    })
    const set = analytics.classifications.add({
      columns: ['Name', 'Note'],
      subscriptions: [{ rsid: reportSuite, dimension: 'variables/evar1' }],
    })
    const link = cuttableHttp(analytics.url)
    const definition = classifications({
      ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name', 'Note'], emptyMeans: 'delete' },
    })

    return {
      destination: definition.open(
        destinationContext(analytics.url, { SUITE: reportSuite }, { http: link.http, settings }),
      ),
      rows: rowsOf,
      names,
      badRow: { key: 'x', Name: '000', Note: null },
      stored: () => [...analytics.classifications.values(set)].map(([, values]) => values.get('Name') ?? ''),
      meet(obstacle) {
        if (obstacle === 'not-sent') link.cut()
        else if (obstacle === 'answer-lost') analytics.once({ kind: 'cut-after' })
        else analytics.once({ kind: 'reply', reply: refusals[obstacle] })
      },
      await: (call) => call,
      settle: () => Promise.resolve(),
      secrets: [destinationToken, echoed],
      stop: () => analytics.stop(),
    }
  })
})

/** A secret that the redactor has never seen. */
const echoed = 'canary-3f9a7c51e0d24b86a1c5'

const refusals = {
  unauthorized: { status: 401, body: { error: 'Invalid token (1)' } },
  'not-permitted': { status: 403, body: { error_code: '403025', message: `Profile ${echoed} is not valid` } },
  throttled: { status: 429, body: '' },
}

type Model = Pick<DestinationUnderTest, 'destination' | 'rows' | 'names' | 'badRow' | 'stored'>

/** A model destination in virtual time, whose network does what it is told once. */
function modelUnderTest(open: (network: Network) => Model): DestinationUnderTest {
  const time = createTime()
  let obstacle: string | null = null
  const choices: Choices = {
    next(options) {
      const outcomes: readonly string[] =
        options === sendOutcomes.length ? sendOutcomes : options === askOutcomes.length ? askOutcomes : []
      const index = obstacle === null ? -1 : outcomes.indexOf(obstacle)
      if (index >= 0) obstacle = null
      return Math.max(0, index)
    },
  }
  async function settle(): Promise<void> {
    const importsMs = 3 * 3_600_000
    await time.runUntil(time.sleep(importsMs), importsMs)
  }
  const network = {
    time,
    process: startProcess(time, null),
    choices,
    sendTimeoutMs: 60_000,
    delayMs: 900_000,
  }
  return {
    ...open(network),
    meet: (what) => (obstacle = what === 'answer-lost' ? 'reply-lost' : what),
    async await(call) {
      await time.runUntil(call, 3_600_000)
      return call
    },
    settle,
    secrets: [],
    stop: () => Promise.resolve(),
  }
}

const events = {
  rows: names.map((id, at) => ({ id, visitor: 1, at })),
  names,
  badRow: { id: 'x', visitor: 1, at: NaN },
}
const idOf = (line: string) => eventOf(line).id

describeDestination('the keyed model', 'keyed', () =>
  Promise.resolve(
    modelUnderTest((network) => {
      const service = keyedService()
      return {
        ...events,
        destination: keyedDestination(service, network),
        stored: () => service.lines.map(idOf),
      }
    }),
  ),
)

describeDestination('the named model', 'named', () =>
  Promise.resolve(
    modelUnderTest((network) => {
      const service = namedService(network.time, network.choices)
      return {
        ...events,
        destination: namedDestination(service, network),
        stored: () => service.lines.map(idOf),
      }
    }),
  ),
)

describeDestination('the upsert model', 'upsert', () =>
  Promise.resolve(
    modelUnderTest((network) => {
      const service = upsertService(network.time, network.choices)
      return {
        destination: upsertDestination(service, network),
        rows: names.map((key) => ({ key, value: key })),
        names,
        badRow: { key: '', value: 'x' },
        stored: () => [...service.values.values()],
      }
    }),
  ),
)
