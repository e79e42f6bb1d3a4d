import * as z from 'zod'
import { defineJob } from '../../src/jobs/job'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { Settings } from '../../src/pipeline/settings'
import { adobeFor } from './adobe'
import { openPlainFile } from './batch-text'
import { filesFor } from './files'
import { createTime, startProcess } from './time'
import type { Job } from '../../src/jobs/job'
import type { RunDependencies, RunRequest } from '../../src/pipeline/run-context'
import type { Page, Source } from '../../src/sources/source'
import type { RunReport } from '../../src/state/run-report'
import type { Adobe, ModelRow } from './adobe'
import type { Choices } from './choices'
import type { Files } from './files'
import type { Accident, Process, WorldTime } from './time'

export interface ModelRecord {
  readonly id: string
  readonly visitor: number
  readonly minute: number
}

const minute = (value: number) => String(value).padStart(5, '0')

/** Records of several visitors, ascending, with ties. */
export function recordsFor(count: number): ModelRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    visitor: index % 3,
    minute: Math.floor(index / 2),
  }))
}

/** The job of the model without a cursor: it is read whole, or slice by slice. */
export const unpositioned = {
  name: 'model',
  source: {
    kind: 'model',
    version: 1,
    inputs: [],
    open: () => {
      throw new RangeError('the model opens its own source')
    },
  },
  record: z.object({ id: z.string(), visitor: z.number(), minute: z.number() }),
  map: (record: ModelRecord): ModelRow => ({
    id: record.id,
    visitor: record.visitor,
    at: record.minute * 60,
  }),
  destination: {
    kind: 'model',
    inputs: [],
    open: () => {
      throw new RangeError('the model opens its own destination')
    },
  },
}

export const modelJob: Job = defineJob({ ...unpositioned, position: (record) => minute(record.minute) })

export type RunJob = (dependencies: RunDependencies) => Promise<RunReport>

export interface World {
  readonly time: WorldTime
  readonly files: Files
  readonly adobe: Adobe
  readonly records: ModelRecord[]
  readonly reports: RunReport[]
  readonly choices: Choices
  readonly settings: Settings
  /** Starts one activation; resolves with its report, and never where it crashed. */
  activate(
    accident?: Accident | null,
    request?: RunRequest,
  ): { readonly process: Process; readonly done: Promise<RunReport> }
}

export interface WorldOptions {
  readonly records: ModelRecord[]
  readonly choices: Choices
  readonly runJob: RunJob
  readonly job?: Job
  readonly settings?: Partial<Settings>
  /** The real delays of the world, where they differ from what the settings assume. */
  readonly settleMs?: number
  readonly pageSize?: number
  readonly activationMs?: number
  /** ms since the epoch */
  readonly start?: number
  readonly change?: (dependencies: RunDependencies) => RunDependencies
}

export function createWorld(options: WorldOptions): World {
  const { records, choices, runJob, pageSize = 4, activationMs = 30 * 60_000 } = options
  const settings = Settings.parse({ batchRows: 4, ...options.settings })
  const time = createTime(options.start)
  const files: Files = new Map()
  const adobe: Adobe = { accepted: [], keys: new Map() }
  const reports: RunReport[] = []
  let ids = 0

  return {
    time,
    files,
    adobe,
    records,
    reports,
    choices,
    settings,
    activate(accident = null, request = { force: false }) {
      const process = startProcess(time, accident)
      const { clock } = process
      const dependencies: RunDependencies = {
        job: options.job ?? modelJob,
        source: sourceFor(records, process, pageSize),
        destination: adobeFor(adobe, time, process, choices, {
          sendTimeoutMs: 60_000,
          settleMs: options.settleMs ?? settings.settleMs,
          restMs: settings.groupMs,
        }),
        store: filesFor(files, time, process, choices),
        settings,
        request,
        clock,
        deadline: createDeadline(time.now() + activationMs, clock),
        log: silentLog,
        activation: `activation-${ids}`,
        scratch: '/nonexistent',
        openFile: openPlainFile,
        newId: () => `id${ids++}`,
        continueLater: () => Promise.resolve(),
      }
      const done = runJob(options.change ? options.change(dependencies) : dependencies).then((report) => {
        reports.push(report)
        return report
      })
      done.catch(() => undefined)
      return { process, done }
    },
  }
}

function sourceFor(records: readonly ModelRecord[], process: Process, pageSize: number): Source {
  return {
    identity: 'model',
    async *read({ since, range }): AsyncIterable<Page> {
      const wanted = records.filter(
        (record) =>
          (since === null || minute(record.minute) >= since) &&
          (range === null || (minute(record.minute) >= range.from && minute(record.minute) < range.to)),
      )
      for (let from = 0; from < wanted.length; from += pageSize) {
        yield { records: await process.call(20, () => wanted.slice(from, from + pageSize)) }
      }
    },
  }
}

export interface Verdict {
  readonly lost: string[]
  readonly doubled: string[]
  readonly disordered: string[]
}

/** The oracle: what Adobe stored against what the source has. */
export function verdict({ adobe, records }: World): Verdict {
  const counts = new Map<string, number>()
  const newest = new Map<string, number>()
  const disordered: string[] = []
  for (const { lines } of adobe.accepted) {
    for (const line of lines) {
      const [id = '', visitor = '', at = ''] = line.split(',')
      counts.set(id, (counts.get(id) ?? 0) + 1)
      if (Number(at) < (newest.get(visitor) ?? -1)) disordered.push(id)
      newest.set(visitor, Math.max(Number(at), newest.get(visitor) ?? -1))
    }
  }
  return {
    lost: records.filter(({ id }) => !counts.has(id)).map(({ id }) => id),
    doubled: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
    disordered,
  }
}

export const clean: Verdict = { lost: [], doubled: [], disordered: [] }

/** Ticks of a working alarm until the job is done; false where it never gets there. */
export async function tickUntilDone(world: World, limit = 40): Promise<boolean> {
  for (let tick = 0; tick < limit; tick += 1) {
    const { done } = world.activate()
    await world.time.runUntil(done, 35 * 60_000)
    const last = world.reports.at(-1)
    if (last?.outcome === 'succeeded' && last.pending === 0) return true
    await world.time.runUntil(world.time.sleep(15 * 60_000), 15 * 60_000)
  }
  return false
}
