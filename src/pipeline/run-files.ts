import { JobError } from '../errors'
import type { Clock } from '../clock'
import type { BlobStore } from '../state/blob-store'

/** The immutable files that runs of a job leave between extraction and confirmation, each in its run's folder. */
export interface RunFiles {
  /** Writes a new file into this run's folder and returns its name. */
  add(name: string, bytes: Uint8Array): Promise<void>
  /** Null where the file is gone. */
  read(run: string, name: string): Promise<Buffer | null>
  delete(run: string, name: string): Promise<void>
  /** Names of all files in a run's folder. */
  list(run: string): AsyncIterable<string>
}

export function openRunFiles(options: {
  readonly job: string
  readonly run: string
  readonly store: BlobStore
  readonly clock: Clock
  readonly patienceMs: number
  readonly signal: AbortSignal
}): RunFiles {
  const { job, store, clock, patienceMs, signal } = options
  const folder = (run: string) => `jobs/${job}/outbox/${run}/`

  return {
    async add(name, bytes) {
      const path = folder(options.run) + name
      const giveUpAt = clock.monotonic() + patienceMs
      for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
        const answer = await store.write(path, bytes, { ifAbsent: true }, signal)
        // Nobody else writes into this folder: a conflict is an earlier try of ours.
        if (answer.kind !== 'unknown') return
        if (clock.monotonic() >= giveUpAt) throw notWritten(path, answer.message)
        await clock.sleep(pauseMs, signal)
      }
    },
    async read(run, name) {
      const blob = await store.read(folder(run) + name, signal)
      return blob.etag === null ? null : blob.body
    },
    delete: (run, name) => store.delete(folder(run) + name, signal),
    async *list(run) {
      const prefix = folder(run)
      for await (const path of store.list(prefix, signal)) yield path.slice(prefix.length)
    },
  }
}

function notWritten(path: string, message: string): JobError {
  return new JobError(
    'store-unreachable',
    `The file ${path} could not be written: ${message}.`,
    'Nothing is lost: the next tick carries on. If it stays, check the status of App Builder Files.',
  )
}
