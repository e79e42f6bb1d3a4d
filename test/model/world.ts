import { tmpdir } from 'node:os'
import { createDeadline } from '../../src/pipeline/deadline'
import { EngineSettings } from '../../src/pipeline/settings'
import { destinationFor } from './destination'
import { filesFor } from './files'
import { carelessAuthor, jobFor, plainShape } from './jobs'
import { logFor } from './log'
import { notations } from './records'
import { createService } from './service'
import { createFeed, sourceFor } from './source'
import { createTime, startProcess } from './time'
import type { Command, RunDependencies } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { StateDocument } from '../../src/state/state-document'
import type { Choices } from './choices'
import type { DestinationOptions } from './destination'
import type { Files } from './files'
import type { Author, JobShape } from './jobs'
import type { ModelRecord } from './records'
import type { Service } from './service'
import type { Feed, FeedShape } from './source'
import type { Accident, Process, WorldTime } from './time'

export type RunJob = (dependencies: RunDependencies) => Promise<RunReport>

export interface Activation {
  readonly process: Process
  /** Resolves with the report; never where the process crashed; rejects where the state cannot be opened. */
  readonly done: Promise<RunReport>
}

/** What the destination is like; `settleMs` is what it really needs, which the engine may be told wrong. */
export type DestinationShape = Pick<
  DestinationOptions,
  'batchRows' | 'partitions' | 'visibleWithinMs' | 'rememberedMs' | 'settleMs'
>

export interface World {
  readonly time: WorldTime
  readonly files: Files
  readonly service: Service
  readonly feed: Feed
  readonly reports: RunReport[]
  readonly choices: Choices
  /** Lines that were not sent in the order of their time, because a person asked for them. */
  readonly aside: Set<string>
  /** Lines that a person gave up. */
  readonly leftOut: string[]
  /** What happened at least once. */
  readonly seen: Set<string>
  /** Changes of the definition apply to the activations that start afterwards. */
  readonly author: Author
  shape: JobShape
  destination: DestinationShape
  feedShape: Omit<FeedShape, 'notation' | 'pageCursor'>
  /** ms an activation may take. */
  activationMs: number
  /** Rises with each content of a record. */
  contents: number
  /** How often a run asked to be invoked again. */
  invocations: number
  activate(accident?: Accident | null, command?: Command): Activation
}

export interface WorldOptions {
  readonly records: readonly ModelRecord[]
  readonly choices: Choices
  readonly runJob: RunJob
  readonly shape?: Partial<JobShape>
  readonly settings?: Partial<EngineSettings>
  readonly destination?: Partial<DestinationShape>
  readonly feedShape?: Partial<World['feedShape']>
  readonly activationMs?: number
  /** ms since the epoch */
  readonly start?: number
  readonly change?: (dependencies: RunDependencies) => RunDependencies
}

export const noCommand: Command = { force: false }
const documentPath = 'jobs/model/state.json'

export function createWorld(options: WorldOptions): World {
  const { choices, runJob } = options
  const settings = EngineSettings.parse({ reportsKept: 1_000, ...options.settings })
  const time = createTime(options.start)
  const feedShape = { pageSize: 4, overlaps: false, coarseness: null, ...options.feedShape }
  const seen = new Set<string>()
  let ids = 0

  const world: World = {
    time,
    files: new Map(),
    service: createService(),
    feed: createFeed(options.records, feedShape.pageSize),
    reports: [],
    choices,
    aside: new Set(),
    leftOut: [],
    seen,
    author: carelessAuthor(),
    shape: { ...plainShape, ...options.shape },
    destination: {
      batchRows: 4,
      partitions: 2,
      visibleWithinMs: 15 * 60_000,
      rememberedMs: 24 * 60 * 60_000,
      settleMs: options.destination?.visibleWithinMs ?? 15 * 60_000,
      ...options.destination,
    },
    feedShape,
    activationMs: options.activationMs ?? 30 * 60_000,
    contents: 0,
    invocations: 0,
    activate(accident = null, command = noCommand) {
      const process = startProcess(time, accident)
      const { clock } = process
      const saw = (event: string) => void seen.add(event)
      const shape = { ...world.shape }
      let readAt = world.contents
      const job = jobFor(shape, { ...world.author })
      const dependencies: RunDependencies = {
        job,
        source: sourceFor({
          ...{ feed: world.feed, process, choices, saw, ...world.feedShape },
          notation: notations[shape.mode === 'sliced' ? 'instant' : shape.notation],
          pageCursor: shape.mode === 'pages',
          begun: () => (readAt = world.contents),
        }),
        destination: destinationFor({
          ...{ kind: shape.kind, service: world.service, time, process, choices, saw },
          ...world.destination,
          readAt: () => readAt,
          sendTimeoutMs: settings.sendTimeoutMs,
        }),
        store: filesFor(world.files, time, process, choices, saw),
        settings,
        command,
        clock,
        deadline: createDeadline(time.now() + world.activationMs, clock),
        log: logFor(saw, () => world.service.inFlight > 0),
        activation: `activation-${ids}`,
        scratch: tmpdir(),
        newId: () => `id${ids++}`,
        redact: (text) => text,
        invokeSelf: () => {
          world.invocations += 1
          saw('invoked itself')
          return Promise.resolve()
        },
      }
      const done = runJob(options.change ? options.change(dependencies) : dependencies).then((report) => {
        world.reports.push(report)
        saw(`${report.outcome}: ${report.reason ?? 'plainly'}`)
        return report
      })
      done.catch(() => undefined)
      return { process, done }
    },
  }
  return world
}

/** The state of the job as it is stored. */
export function documentOf({ files }: World): StateDocument {
  return JSON.parse(files.get(documentPath)?.body.toString() ?? 'null') as StateDocument
}

export async function pass({ time }: World, ms: number): Promise<void> {
  await time.runUntil(time.sleep(ms), ms)
}

/** One activation to its end, for as long as a platform lets it run. */
export async function tick(world: World, command: Command = noCommand): Promise<RunReport> {
  const { done } = world.activate(null, command)
  await world.time.runUntil(done, 6 * 60 * 60_000)
  return done
}
