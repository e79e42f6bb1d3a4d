import { parseDocument } from './parse-document'
import { openVersionedFile } from './versioned-file'
import type { Clock } from '../clock'
import type { BlobStore } from './blob-store'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'
import type { FileVersion, VersionedFile } from './versioned-file'

/** The file of one job's state. Its `write` id tells our own write from all others. */
export type JobDocument = VersionedFile<StateDocument>

/** Reading it throws `state-corrupt` where it is not a document of this version. */
export function openJobDocument(options: {
  readonly job: string
  readonly store: BlobStore
  readonly clock: Clock
  readonly storeClock: StoreClock
  /** How long the outcome of an unanswered write is looked up before the write fails, in ms. */
  readonly patienceMs: number
}): JobDocument {
  const { job, store, clock, storeClock, patienceMs } = options
  const path = `${jobFolder(job)}state.json`
  return openVersionedFile({
    path,
    store,
    clock,
    patienceMs,
    encode: (document) => Buffer.from(JSON.stringify(document)),
    decode: (body) => parseDocument(path, body),
    observe: (storeNow) => storeClock.observe(storeNow),
  })
}

export function jobFolder(job: string): string {
  return `jobs/${job}/`
}

/** True while a run holds the lease: each write renews it, and no other run may take it over before it expires. */
export function isLeaseHeld(
  { content, modifiedAt }: FileVersion<StateDocument>,
  storeNow: number,
  leaseTtlMs: number,
): boolean {
  return content.lease !== null && storeNow - modifiedAt <= leaseTtlMs
}
