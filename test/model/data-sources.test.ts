import fc from '../fixtures/fast-check'
import { createDataSources } from '../../emulators/analytics/data-sources/data-sources'
import { company } from '../../emulators/analytics/read-api'
import { dataSources } from '../../src/destinations/data-sources/data-sources'
import { openTabFile } from '../../src/destinations/data-sources/tab-file'
import { input } from '../../src/inputs'
import { destinationContext } from '../fixtures/destination-context'
import { play, schedule } from './delivery-schedules'
import { httpOver } from './destinations/http-over'
import type { Destination, FinishedFile } from '../../src/destinations/destination'
import type { OpenSubject, Tamper } from './delivery-schedules'

const suite = 'suite'
const numRuns = 60
const minute = 60_000

/** Six files of two rows: one of each day. */
const codes = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => [`${letter}1`, `${letter}2`] as const)
let files: FinishedFile[]

beforeAll(async () => {
  files = await Promise.all(
    codes.map(([first, second], index) => {
      const file = openTabFile('Date\tTracking Code\tEvent 1\n', 90)
      for (const code of [first, second]) file.append(`11/0${index + 1}/2026\t${code}\t1\n`)
      return file.finish()
    }),
  )
})

const definition = dataSources({
  ...{ reportSuite: input('SUITE'), account: 'Ad costs' },
  ...{ kind: 'summary', timeZone: 'UTC', columns: ['Tracking Code', 'Event 1'] },
})

/** The real destination, over HTTP in virtual time, to the emulated service. */
const open: OpenSubject = (time, choices) => {
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

const intact: Tamper = (destination) => destination

/** Changes how a lost answer is settled. */
function settledBy(change: Partial<Extract<Destination['delivery'], { kind: 'named' }>>): Tamper {
  return (destination) => ({ ...destination, delivery: { ...destination.delivery, ...change } as never })
}

describe('Data Sources', () => {
  it('store every row once, in order, without faults', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact)).toEqual({ finished: true, flaws: [] })
  })

  it('store every row once, in order, through crashes, freezes and lost answers, and always finish', async () => {
    const property = fc.asyncProperty(schedule, async (drawn) => {
      expect(await play(open, drawn, intact)).toEqual({ finished: true, flaws: [] })
    })
    await fc.assert(property, { numRuns, seed: 7 })
  }, 300_000)

  it.each([
    ['its lookup', settledBy({ lookup: () => Promise.resolve({ kind: 'absent' as const }) })],
    ['the wait before an absence counts', settledBy({ visibleWithinMs: 0 })],
  ])(
    'would double rows without %s',
    async (_what, tamper) => {
      const property = fc.asyncProperty(schedule, async (drawn) => {
        expect((await play(open, drawn, tamper)).flaws).toEqual([])
      })
      const { failed } = await fc.check(property, { numRuns, seed: 11, endOnFailure: true })
      expect(failed).toBe(true)
    },
    300_000,
  )
})
