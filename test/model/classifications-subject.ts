import { createClassifications } from '../../emulators/analytics/classifications/classifications'
import { company } from '../../emulators/analytics/read-api'
import { classifications } from '../../src/destinations/classifications/classifications'
import { input } from '../../src/inputs'
import { compressInThread } from '../fixtures/compress-in-thread'
import { destinationContext, unusedContext } from '../fixtures/destination-context'
import { httpOver } from './destinations/http-over'
import { commits, initial, keyFlaws, specialOf } from './key-changes'
import type { ImportRecord } from '../../emulators/analytics/classifications/classification-sets'
import type { ClassificationsEmulator } from '../../emulators/analytics/classifications/classifications'
import type { LoggedRequest, Reply } from '../../emulators/emulator'
import type { EncodedRow, FinishedFile, Reject } from '../../src/destinations/destination'
import type { Choices } from './choices'
import type { Saw } from './coverage'
import type { OpenSubject } from './delivery-schedules'
import type { Outcome } from './destinations/http-over'
import type { KeyChange } from './key-changes'

const suite = 'suite'
const minute = 60_000

const definition = classifications({
  ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Version'] },
})

interface WrittenFile {
  readonly commit: number
  readonly changes: readonly KeyChange[]
  readonly file: FinishedFile
}

/** In the order of the commits. */
const files: WrittenFile[] = []

compressInThread()

/** To be called before all tests: closing a file takes turns of the event loop. */
export async function writeClassificationFiles(): Promise<void> {
  const { format } = definition.open(unusedContext({ SUITE: suite }))
  const batches = commits.flatMap((all, index) => all.map((changes) => ({ commit: index + 1, changes })))
  for (const { commit, changes } of batches) {
    const file = format.open('0123456789ab')
    for (const { key, version, isDeletion } of changes) {
      const row = isDeletion ? format.deletion?.(key) : format.encode({ key, Version: `v${version}` })
      file.append(lineOf(row))
    }
    files.push({ commit, changes, file: await file.finish() })
  }
}

function lineOf(row: EncodedRow | Reject | undefined): string {
  if (row?.kind !== 'row') throw new RangeError('the row does not conform')
  return row.line
}

/** Sizes up to which a batch travels as JSON: none, those of one row, all. */
const jsonBytes = [0, 60, 1_000_000] as const

/** The real destination, over HTTP in virtual time, to the emulated service. */
export const overClassifications: OpenSubject = (time, choices, saw) => {
  const service = createClassifications(time.now)
  const set = service.add({
    columns: ['Version'],
    subscriptions: [{ rsid: suite, dimension: 'variables/evar1' }],
  })
  fill(service, set)
  service.knobs.jobLagMs = [0, 3 * minute, 20 * minute][choices.next(3)] ?? 0
  service.knobs.breaksNext = [0, 0, 1, 9][choices.next(4)] ?? 0
  service.knobs.brokenShare = choices.next(2) / 2
  const settings = { classificationJsonBytes: jsonBytes[choices.next(jsonBytes.length)] }
  return {
    batches: files.map(({ commit, changes, file }) => [
      { partition: `${suite} eVar1`, commit },
      file,
      specialOf(changes),
    ]),
    open: (network) =>
      definition.open(
        destinationContext(
          'https://analytics.example',
          { SUITE: suite },
          {
            settings,
            http: httpOver(
              network,
              (request) => served(service, request, choices, saw),
              ({ url }, outcome) =>
                unanswered.has(outcome) && saw(`${stepOf(url)}: ${unanswered.get(outcome)}`),
            ),
            async authorize() {
              await network.process.gate()
              return { headers: { authorization: 'Bearer t' }, drop: () => Promise.resolve() }
            },
            clock: network.process.clock,
          },
        ),
      ),
    flaws() {
      const shown = [...service.values(set)].map(
        ([key, values]) => [key, versionIn(values.get('Version'))] as const,
      )
      return keyFlaws(service.applied(set).map(toChange), new Map(shown))
    },
  }
}

/** Imports the values from which every history starts. */
function fill(service: ClassificationsEmulator, set: string): void {
  const path = `/api/${company.globalCompanyId}/classifications/job/import/json/${set}`
  const data = initial.map(({ key, version }) => ({ key, data: { Version: `v${version}` } }))
  const body = Buffer.from(JSON.stringify({ dataFormat: 'json', data }))
  service.answer({ method: 'POST', url: path, headers: {}, body, at: 0 }, path)
}

/** What becomes of a request whose sender does not learn it. */
const unanswered: ReadonlyMap<Outcome, string> = new Map([
  ['reply-lost', 'lost answer that took effect'],
  ['html-500-accepted', 'lost answer that took effect'],
  ['late', 'late effect'],
  ['request-lost', 'lost request'],
  ['html-500', 'lost answer'],
] as const)

function stepOf(url: string): string {
  if (url.includes('createApiJob')) return 'create'
  if (url.includes('uploadFile')) return 'upload'
  if (/commitApiJob|import\/json/.test(url)) return 'commit'
  return url.includes('/datasets/') ? 'discovery' : 'poll'
}

const importMs = [0, minute, 20 * minute, 45 * minute] as const

/** Imports take differently long, and the 200 of a commit may lack the id of its import. */
function served(service: ClassificationsEmulator, request: LoggedRequest, choices: Choices, saw: Saw): Reply {
  const { pathname } = new URL(request.url, 'https://analytics.example')
  const step = stepOf(pathname)
  if (step === 'commit') {
    const completed = importMs[choices.next(importMs.length)] ?? 0
    service.knobs.importMs = { validated: 0, processing: 0, completed }
  }
  const reply = service.answer(request, pathname)
  if (step === 'poll' && reply.status === 404) saw('poll: job not listed yet')
  if (step !== 'commit' || reply.status !== 200 || choices.next(12) < 11) return reply
  saw('commit: answer without its job')
  return { ...reply, body: {} }
}

/** A deletion does not name its commit, of which there is but one for each key. */
function toChange({ key, action, data }: ImportRecord): KeyChange {
  if (action !== 'delete-key') return { key, version: versionIn(data.Version), isDeletion: false }
  const deletion = commits.flat(2).find((change) => change.isDeletion && change.key === key)
  return deletion ?? { key, version: NaN, isDeletion: true }
}

function versionIn(value: string | undefined): number {
  return Number(value?.slice(1))
}
