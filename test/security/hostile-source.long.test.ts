import { deployApp } from '../../emulators/app-builder/deploy'
import { apiKey, namespace, reportSuite, startPlatform } from '../../emulators/local/platform'
import { fixtureRoot } from '../fixtures/app/build'
import { alarmName } from '../fixtures/app/manifest'
import { shortTimes } from '../fixtures/deployed-app'
import { fixtureAppBuilt, sharedBlobServer } from '../fixtures/run/shared'
import { hostilePages, startHostileSource } from './hostile-source'
import type { Platform } from '../../emulators/local/platform'
import type { RunReport } from '../../src/state/run-report'
import type { HostilePage, HostileSource } from './hostile-source'

/** How long the source stays hostile; the measurement in docs/security.md is of an hour. */
const minutes = Number(process.env.HOSTILE_MINUTES ?? 0)

const all = Object.keys(hostilePages) as HostilePage[]

let platform: Platform
let source: HostileSource
beforeAll(async () => {
  source = await startHostileSource()
  platform = await startPlatform({ settings: shortTimes, blobServer: await sharedBlobServer() })
  await fixtureAppBuilt()
  const { openwhisk, inputs } = platform
  const hostile = { ...inputs, FLIGHTS_API_BASE_URL: source.url }
  await deployApp(fixtureRoot, { openwhisk, namespace, apiKey, inputs: hostile })
}, 180_000)
afterAll(async () => {
  await platform.stop()
  await source.stop()
})

const hits = () => platform.analytics.suites.hits(reportSuite).length

/** One tick of the alarm. Its activation must end by itself, with a report. */
async function tick(): Promise<RunReport> {
  const [activation] = await platform.openwhisk.tick(alarmName)
  expect(activation?.response).toMatchObject({
    status: expect.stringMatching(/^(success|application error)$/) as string,
  })
  return activation?.response.result as RunReport
}

/** Ticks until everything that an honest source has is delivered. */
async function settle(): Promise<void> {
  source.page = null
  source.token = null
  source.flights += 1
  for (let ticks = 0; ticks < 20 && hits() < source.flights; ticks += 1) {
    const report = await tick()
    expect(report).toMatchObject({ outcome: expect.stringMatching(/succeeded|partial|skipped/) as string })
  }
  expect(hits()).toBe(source.flights)
}

/** A clear error: what was wrong, and what to do. */
function expectClear(what: string, report: RunReport): void {
  const { outcome, error, rejects } = report
  const said = error ? `${error.message} ${error.remedy}` : `${rejects} rejects`
  const clear = error
    ? error.code !== 'unexpected' && error.remedy !== ''
    : rejects > 0 || outcome === 'succeeded'
  expect({ what, clear, said }).toEqual({ what, clear: true, said })
  expect(JSON.stringify(report)).not.toContain('canary')
}

it.each(all)(
  'a source that %s leaves the action alive, an error that says so, and no batch blocked',
  async (what) => {
    source.page = what
    expectClear(what, await tick())
    await settle()
  },
  240_000,
)

it.each(all)(
  'an authorization server that %s leaves the action alive, an error that says so, and no batch blocked',
  async (what) => {
    platform.openwhisk.activations.killAll()
    source.token = what
    expectClear(what, await tick())
    await settle()
  },
  240_000,
)

it(
  'a source that is hostile for as long as it likes, in a warm container, ends as if it had never been',
  async () => {
    const endAt = Date.now() + minutes * 60_000
    for (let index = 0; Date.now() < endAt; index += 1) {
      // Primes: every pair of a page and a token comes up, and honest answers in between.
      source.page = index % 7 === 0 ? null : (all[(index * 5) % all.length] ?? null)
      source.token = index % 11 === 0 ? (all[(index * 3) % all.length] ?? null) : null
      expectClear(`${String(source.page)} after ${String(source.token)}`, await tick())
      if (index % 25 === 0) await settle()
    }
    await settle()
  },
  minutes * 60_000 + 300_000,
)
