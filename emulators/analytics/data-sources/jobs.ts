import { processFile } from './processed-file'
import type { Memory } from '../../memory'
import type { ProcessedRow } from './processed-file'

export type JobStatus = 'uploaded' | 'processing' | 'success' | 'failure' | 'deleted'

/** An uploaded file with the state and result of its processing. */
export interface ImportJob {
  readonly id: number
  readonly suite: string
  readonly account: string
  readonly name: string
  readonly bytes: Buffer
  readonly uploadedAt: number
  readonly status: JobStatus
  /** The rows that were stored. */
  readonly rows: readonly ProcessedRow[]
  readonly problems: readonly string[]
}

export interface JobKnobs {
  /** How long a file waits in the queue, and how long it is worked on, ms. */
  queueMs: number
  workMs: number
  /** While true, no file is taken from the queue and none is finished. */
  paused: boolean
  /** Delay until an uploaded file shows in the list, ms. */
  listLagMs: number
  /** Whether a name that the account has had before is taken again. */
  repeatedName: 'accepts' | 'refuses'
}

/** The jobs of all accounts, each processed by the clock, in the order of the uploads. */
export interface Jobs {
  readonly all: readonly ImportJob[]
  add(file: Pick<ImportJob, 'suite' | 'account' | 'name' | 'bytes'>): ImportJob
  /** Advances every job to its state at the present time. */
  advance(): void
  /** Deletes a job, as an administrator does in the user interface; stored rows stay. */
  delete(id: number): void
  /** Puts a failed or deleted job into the queue once more. */
  restart(id: number): void
  readonly memory: Memory
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const dayMs = 24 * 60 * 60_000
const firstId = 33_376_793

/** @param store called with the rows of a job when it is processed */
export function createJobs(
  knobs: JobKnobs,
  now: () => number,
  store: (job: ImportJob, rows: readonly ProcessedRow[]) => void,
): Jobs {
  const jobs: Mutable<ImportJob>[] = []
  const startsAt = new Map<number, number>()
  let busyUntil = -Infinity

  function enqueue({ id }: ImportJob): void {
    const start = Math.max(now() + knobs.queueMs, busyUntil)
    busyUntil = start + knobs.workMs
    startsAt.set(id, start)
  }

  function process(job: Mutable<ImportJob>): void {
    const { status, rows, problems } = processFile(job.bytes, now() + dayMs)
    Object.assign(job, { status, rows, problems })
    store(job, rows)
  }

  function advance(): void {
    if (knobs.paused) return
    for (const job of jobs) {
      const start = startsAt.get(job.id) ?? Infinity
      if (job.status === 'uploaded' && start <= now()) job.status = 'processing'
      if (job.status === 'processing' && start + knobs.workMs <= now()) process(job)
    }
  }

  function find(id: number): Mutable<ImportJob> {
    const job = jobs.find((one) => one.id === id)
    if (!job) throw new RangeError(`there is no job ${id}`)
    return job
  }

  return {
    all: jobs,
    memory: { jobs, startsAt },
    advance,
    add(file) {
      const queued = { rows: [], problems: [], uploadedAt: now(), status: 'uploaded' } as const
      const job = { ...file, ...queued, id: firstId + jobs.length }
      jobs.push(job)
      enqueue(job)
      return job
    },
    delete(id) {
      advance()
      find(id).status = 'deleted'
    },
    restart(id) {
      find(id).status = 'uploaded'
      enqueue(find(id))
    },
  }
}
