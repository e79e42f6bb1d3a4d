import { createDataSources } from '../../emulators/analytics/data-sources/data-sources'
import { company } from '../../emulators/analytics/read-api'
import { dataSources } from '../../src/destinations/data-sources/data-sources'
import { openTabFile } from '../../src/destinations/data-sources/tab-file'
import { input } from '../../src/inputs'
import { destinationContext } from '../fixtures/destination-context'
import { httpOver } from './destinations/http-over'
import type { FinishedFile } from '../../src/destinations/destination'
import type { OpenSubject } from './delivery-schedules'

const suite = 'suite'
const minute = 60_000

/** Six files of two rows: one of each day. */
const codes = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => [`${letter}1`, `${letter}2`] as const)
let files: readonly FinishedFile[]

/** To be called before all tests: the files are hashed in threads, which virtual time does not see. */
export async function writeDataSourceFiles(): Promise<void> {
  files = await Promise.all(
    codes.map(([first, second], index) => {
      const file = openTabFile('Date\tTracking Code\tEvent 1\n', 90)
      for (const code of [first, second]) file.append(`11/0${index + 1}/2026\t${code}\t1\n`)
      return file.finish()
    }),
  )
}

const definition = dataSources({
  ...{ reportSuite: input('SUITE'), account: 'Ad costs' },
  ...{ kind: 'summary', timeZone: 'UTC', columns: ['Tracking Code', 'Event 1'] },
})

/** The real destination, over HTTP in virtual time, to the emulated service. */
export const overDataSources: OpenSubject = (time, choices) => {
  const service = createDataSources(time.now)
  service.addAccount(suite, 'Ad costs')
  service.knobs.queueMs = [0, minute, 20 * minute][choices.next(3)] ?? 0
  service.knobs.workMs = [0, minute, 20 * minute][choices.next(3)] ?? 0
  // A late request and the lag of the list together stay below what the destination allows for.
  service.knobs.listLagMs = [0, 3 * minute, 7 * minute][choices.next(3)] ?? 0
  service.knobs.pageSize = 1 + choices.next(3)
  return {
    batches: files.map((file) => [{ partition: `${suite}/Ad costs` }, file]),
    open: (network) =>
      definition.open(
        destinationContext(
          'https://analytics.example',
          { SUITE: suite, ANALYTICS_COMPANY_ID: company.globalCompanyId },
          {
            http: httpOver(network, (request) => service.answer(request) ?? { status: 404 }),
            async authorize() {
              await network.process.gate()
              return { headers: { authorization: 'Bearer t' }, drop: () => Promise.resolve() }
            },
            clock: network.process.clock,
          },
        ),
      ),
    flaws() {
      const stored = service.rows(suite).map((row) => row['tracking code'] ?? '')
      const wanted = codes.flat()
      const isExact = stored.length === wanted.length && stored.every((code, at) => code === wanted[at])
      return isExact ? [] : [`stored ${stored.join()} instead of ${wanted.join()}`]
    },
  }
}
