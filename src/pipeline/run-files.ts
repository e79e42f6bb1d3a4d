import { JobError } from '../errors'
import { jobFolder } from '../state/job-document'
import { openVersionedFile } from '../state/versioned-file'
import type { Clock } from '../clock'
import type { BlobStore } from '../state/blob-store'

/** The immutable files that runs of a job leave between extraction and confirmation, each in its run's folder. */
export interface RunFiles {
  /**
   * Writes a new file into this run's folder.
   * @throws JobError `store-unreachable`; `store-refused` where a file of that name holds other bytes
   */
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
  /** Folder of the runs' folders. Default: that of the job's outbox. */
  readonly root?: string
  readonly clock: Clock
  /** How long the outcome of an unanswered write is looked up before the write fails, in ms. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}): RunFiles {
  const { job, store, clock, patienceMs, signal, root = `${jobFolder(job)}outbox/` } = options
  const folder = (run: string) => `${root}${run}/`

  return {
    async add(name, bytes) {
      const path = folder(options.run) + name
      const file = openVersionedFile<Uint8Array>({
        path,
        store,
        clock,
        patienceMs,
        encode: (content) => content,
        decode: (body) => body,
      })
      // A conflict is our own earlier try only where the stored bytes are ours.
      const outcome = await file.write(bytes, null, signal)
      if (outcome.kind === 'superseded') throw notOurs(path)
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

function notOurs(path: string): JobError {
  return new JobError(
    'store-refused',
    `The file ${path} could not be written: a file of that name holds other bytes, although only this run writes there.`,
    'Nothing of it was committed; the next run writes into a folder of its own. If the error stays, look for a second deployment that writes into the same store.',
    { details: { path } },
  )
}
