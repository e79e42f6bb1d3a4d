import { JobError } from '../errors'
import { parseDocument } from './parse-document'
import type { Clock } from '../clock'
import type { BlobStore, WriteCondition } from './blob-store'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'

/** A version of the document, as the store knows it. */
export interface DocumentVersion {
  readonly document: StateDocument
  readonly etag: string
  readonly modifiedAt: number
}

/** The file of one job's state: read whole, written conditionally, every doubt about a write settled. */
export interface DocumentFile {
  readonly path: string
  /** @throws JobError `state-corrupt`, `store-unreachable` */
  read(signal?: AbortSignal): Promise<DocumentVersion | null>
  /**
   * Replaces the version `etag`, or creates the file where `etag` is null. Returns the new ETag.
   * @throws JobError `lease-lost` when somebody else has written, `store-unreachable` when that cannot be found out
   */
  write(document: StateDocument, etag: string | null, signal?: AbortSignal): Promise<string>
}

export function openDocumentFile(options: {
  readonly job: string
  readonly store: BlobStore
  readonly clock: Clock
  readonly storeClock: StoreClock
  /** How long a write of unknown outcome is pursued. */
  readonly patienceMs: number
}): DocumentFile {
  const { store, clock, storeClock, patienceMs } = options
  const path = `jobs/${options.job}/state.json`

  async function read(signal?: AbortSignal): Promise<DocumentVersion | null> {
    const blob = await store.read(path, signal)
    storeClock.observe(blob.storeNow)
    if (blob.etag === null) return null
    return { document: parseDocument(path, blob.body), etag: blob.etag, modifiedAt: blob.modifiedAt }
  }

  async function write(document: StateDocument, etag: string | null, signal?: AbortSignal): Promise<string> {
    const body = Buffer.from(JSON.stringify(document))
    const condition: WriteCondition = etag === null ? { ifAbsent: true } : { ifMatch: etag }
    const giveUpAt = clock.monotonic() + patienceMs
    for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      const answer = await store.write(path, body, condition, signal)
      if (answer.kind === 'written') {
        storeClock.observe(answer.storeNow)
        return answer.etag
      }
      // Whatever was answered, the document itself tells: my write, the one before it, or somebody else's.
      const found = await readPatiently(giveUpAt, signal)
      if (found?.document.write === document.write) return found.etag
      if ((found?.etag ?? null) !== etag) throw leaseLost(path)
      if (clock.monotonic() >= giveUpAt) throw unsettled(path)
      await clock.sleep(pauseMs, signal)
    }
  }

  async function readPatiently(giveUpAt: number, signal?: AbortSignal): Promise<DocumentVersion | null> {
    for (;;) {
      try {
        return await read(signal)
      } catch (error) {
        const passing = error instanceof JobError && error.code === 'store-unreachable'
        if (!passing || clock.monotonic() >= giveUpAt) throw error
        await clock.sleep(1_000, signal)
      }
    }
  }

  return { path, read, write }
}

function leaseLost(path: string): JobError {
  return new JobError(
    'lease-lost',
    `Another run has taken over ${path}.`,
    'Nothing to do: that run carries on from the last committed state.',
  )
}

function unsettled(path: string): JobError {
  return new JobError(
    'store-unreachable',
    `The state document ${path} could not be written.`,
    'Nothing is lost: the next tick carries on. If it stays, check the status of App Builder Files.',
  )
}
