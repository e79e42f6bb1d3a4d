import { reportSuite } from '../../emulators/local/platform'
import { shortLease, startDeployedApp } from '../fixtures/deployed-app'
import { fixtureAppBuilt } from '../fixtures/run/shared'
import { expectedFlights, sharedVisitors, uploadedFlights } from '../fixtures/stored-flights'
import type { Matches } from '../../emulators/emulator'
import type { Platform } from '../../emulators/local/platform'

type Service = 'files' | 'analytics' | 'ims' | 'partner'

const isWrite = ({ method, url }: { method: string; url: string }) =>
  method === 'PUT' && url.includes('/state.json')
const state =
  (test: (document: { outbox: { state: string }[]; commits: number }) => boolean): Matches =>
  (request) =>
    isWrite(request) && test(JSON.parse(request.body.toString()) as never)

/** Where in the protocol the container is killed, by the request that it is making then. */
const moments: [string, Service, 'before' | 'after', Matches][] = [
  ['taking the lease', 'files', 'after', isWrite],
  ['asking for a token', 'ims', 'before', () => true],
  ['reading a page', 'partner', 'before', ({ url }) => url.includes('page_token=1000')],
  [
    'writing a batch file',
    'files',
    'after',
    ({ method, url }) => method === 'PUT' && url.includes('.csv.gz'),
  ],
  ['committing, before the write', 'files', 'before', state(({ commits }) => commits === 1)],
  ['committing, after the write', 'files', 'after', state(({ commits }) => commits === 1)],
  [
    'announcing a send',
    'files',
    'after',
    state(({ outbox }) => outbox.some((entry) => entry.state === 'sending')),
  ],
  ['sending, before Adobe has it', 'analytics', 'before', ({ method }) => method === 'POST'],
  ['sending, after Adobe has it', 'analytics', 'after', ({ method }) => method === 'POST'],
  [
    'confirming',
    'files',
    'before',
    state(({ outbox }) => outbox.some((entry) => entry.state === 'confirmed')),
  ],
  ['deleting a delivered file', 'files', 'before', ({ method }) => method === 'DELETE'],
]

beforeAll(fixtureAppBuilt)

it.each(moments)(
  'a container killed while %s leaves the next runs to deliver each flight exactly once, in order',
  async (_moment, service, when, matches) => {
    const app = await startDeployedApp(shortLease)
    const { platform } = app
    try {
      platform[service].once(
        { kind: 'call', when, effect: () => platform.openwhisk.activations.killAll() },
        matches,
      )

      const killed = await app.tick()
      await app.tickUntilDone()

      expect(killed).toBeNull()
      expectExact(platform)
    } finally {
      await platform.stop()
    }
  },
)

function expectExact({ analytics, partner }: Platform): void {
  expect(uploadedFlights(analytics)).toEqual(expectedFlights(partner))
  expect(analytics.suites.outOfOrder(reportSuite)).toEqual([])
  expect(sharedVisitors(analytics)).toEqual([])
}
