import { jobFolder } from '../state/job-document'
import { reduce } from '../state/reduce'
import type { EncodedRow, Format } from '../destinations/destination'
import type { Job } from '../definition/job'
import type { BlobStore } from '../state/blob-store'
import type { JobState } from '../state/job-state'
import type { StateDocument } from '../state/state-document'
import type { RunFiles } from './run-files'

/** Rejects of one file that a person is shown. */
const shownRejects = 5

/** Applies events to a copy. */
export function sinkState(
  before: StateDocument,
  storeClock: JobState['storeClock'],
  signal: AbortSignal,
  settle = (document: StateDocument) => document,
): JobState {
  let document = before
  const apply: JobState['later'] = (event) => {
    document = settle(reduce(document, event))
  }
  return {
    run: 'dry-run',
    get document() {
      return document
    },
    storeClock,
    signal,
    write(...events) {
      for (const event of events) apply(event)
      return Promise.resolve(0)
    },
    later: apply,
    changed: () => Promise.resolve(),
    release: () => Promise.resolve(),
  }
}

/**
 * Reads from the store. Writes go to `kept`, and nowhere without it; the first rejects of each file go to `onReject`.
 */
export function sinkFiles(
  { job, store }: { readonly job: Pick<Job, 'name'>; readonly store: Pick<BlobStore, 'read' | 'list'> },
  kept: Pick<RunFiles, 'add'> | null,
  onReject: (reject: unknown) => void,
): RunFiles {
  const folder = (run: string) => `${jobFolder(job.name)}outbox/${run}/`

  return {
    async add(name, bytes) {
      await kept?.add(name, bytes)
      if (!name.endsWith('.jsonl')) return
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536)).toString()
      for (const line of text.split('\n').slice(0, shownRejects)) {
        const reject = parsed(line)
        if (reject !== undefined) onReject(reject)
      }
    },
    async read(run, name) {
      const blob = await store.read(folder(run) + name)
      return blob.etag === null ? null : blob.body
    },
    delete: () => Promise.resolve(),
    async *list(run) {
      for await (const path of store.list(folder(run))) yield path.slice(folder(run).length)
    },
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** @param onRow receives each row as `map` made it, and what it became */
export function sampling(format: Format, onRow: (row: unknown, encoded: EncodedRow) => void): Format {
  return {
    ...format,
    encode(row) {
      const encoded = format.encode(row)
      if (encoded.kind === 'row') onRow(row, encoded)
      return encoded
    },
  }
}
