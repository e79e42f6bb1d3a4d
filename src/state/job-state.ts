import { JobError } from '../errors'
import { newDocument } from './state-document'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { BlobStore } from './blob-store'
import type { DocumentFile, DocumentVersion } from './document-file'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'

export type Change = (document: StateDocument) => StateDocument

/** A job's state in the hands of the one run that holds its lease. */
export interface JobState {
  readonly run: string
  /** As last written, with the changes that will travel with the next write. */
  readonly document: StateDocument
  readonly storeClock: StoreClock
  /** Aborted as soon as the lease is known to be lost: write and delete nothing more. */
  readonly signal: AbortSignal
  /**
   * Applies a change durably. Changes that wait for the same write travel together.
   * Returns the monotonic time at which that write was first issued.
   * @throws JobError `lease-lost`, `store-unreachable`
   */
  write(change: Change): Promise<number>
  /** Applies a change that may be lost: it travels with the next write, whatever causes that. */
  later(change: Change): void
  /** Resolves with the next write that changes anything. */
  changed(): Promise<void>
  /** Stops the heartbeat, applies `change` and gives the lease back in one write. */
  release(change: Change): Promise<void>
}

export interface LeaseOptions {
  readonly job: string
  readonly run: string
  readonly owner: string
  readonly store: BlobStore
  readonly file: DocumentFile
  readonly clock: Clock
  readonly storeClock: StoreClock
  /** True where a document leaves nothing to do. */
  readonly isIdle: (document: StateDocument) => boolean
  readonly leaseTtlMs: number
  readonly heartbeatMs: number
  readonly newId: () => string
  readonly log: Log
}

/**
 * Takes the job's lease, or says why not: another run holds it, or there is nothing to take it for.
 * The lease only saves work: what keeps two runs apart is the ETag under every write.
 * @throws JobError `state-missing`, `state-corrupt`, `store-unreachable`
 */
export async function takeLease(options: LeaseOptions): Promise<JobState | 'lease-held' | 'nothing-due'> {
  const { file, storeClock, leaseTtlMs, isIdle } = options
  const found = await file.read()
  if (found?.document.lease && storeClock.now() - found.modifiedAt <= leaseTtlMs) return 'lease-held'
  if (found && !found.document.lease && isIdle(found.document)) return 'nothing-due'
  if (!found) await assertNeverRan(options)

  const taken = leased(options, found)
  try {
    const etag = await file.write(taken, found?.etag ?? null)
    return holdLease(options, taken, etag)
  } catch (error) {
    if (error instanceof JobError && error.code === 'lease-lost') return 'lease-held'
    throw error
  }
}

/** Without its document a job is new only if it left no other file behind. */
async function assertNeverRan({ job, store, file }: LeaseOptions): Promise<void> {
  for await (const path of store.list(`jobs/${job}/`)) {
    if (path === file.path) return
    throw new JobError(
      'state-missing',
      `${file.path} is gone although the job "${job}" has run before (${path} is still there).`,
      `Restore ${file.path}. If its data may all be sent again, delete everything under jobs/${job}/ first.`,
      { details: { path: file.path } },
    )
  }
}

function leased(
  { job, run, owner, newId, storeClock }: LeaseOptions,
  found: DocumentVersion | null,
): StateDocument {
  const before = found?.document ?? newDocument(job)
  const abandoned = before.lease ? [before.lease.run] : []
  return {
    ...before,
    write: newId(),
    lease: { owner, run },
    stalls: before.stalls + 1,
    sweep: [...before.sweep, ...abandoned],
    // Whoever was sending is gone or frozen: what became of the file is unknown.
    outbox: before.outbox.map((entry) =>
      entry.state === 'sending' ? { ...entry, state: 'doubt', doubtFrom: storeClock.now() } : entry,
    ),
  }
}

interface PendingChange {
  readonly change: Change
  readonly resolve: (issuedAt: number) => void
  readonly reject: (error: unknown) => void
}

function holdLease(options: LeaseOptions, taken: StateDocument, takenEtag: string): JobState {
  const { run, file, clock, storeClock, heartbeatMs, newId, log } = options
  const lost = new AbortController()
  const heart = new AbortController()
  let document = taken
  let etag = takenEtag
  let pending: PendingChange[] = []
  /** Changes applied to `document` while a write of it may be on its way. */
  let lazy: Change[] = []
  let writing: Promise<void> | null = null
  let announce: (() => void)[] = []

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      lazy = []
      try {
        const next = batch.reduce((current, { change }) => change(current), document)
        const issuedAt = clock.monotonic()
        etag = await file.write({ ...next, write: newId() }, etag, lost.signal)
        document = lazy.reduce((current, change) => change(current), next)
        for (const { resolve } of batch) resolve(issuedAt)
      } catch (error) {
        lost.abort(error)
        for (const { reject } of batch) reject(error)
        for (const { reject } of pending) reject(error)
        pending = []
      }
      for (const tell of announce.splice(0)) tell()
    }
    writing = null
  }

  function write(change: Change): Promise<number> {
    if (lost.signal.aborted) return Promise.reject(lost.signal.reason as Error)
    return new Promise((resolve, reject) => {
      pending.push({ change, resolve, reject })
      writing ??= Promise.resolve().then(drain)
    })
  }

  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(heartbeatMs, heart.signal)
      await write((current) => current)
    }
  }

  const heartbeat = beat().catch((error: unknown) => {
    if (!heart.signal.aborted) log.warn('The lease could not be renewed.', { reason: String(error) })
  })

  return {
    run,
    get document() {
      return document
    },
    storeClock,
    signal: lost.signal,
    write,
    later(change) {
      lazy.push(change)
      document = change(document)
    },
    changed: () => new Promise((resolve) => announce.push(resolve)),
    async release(change) {
      heart.abort(new Error('released'))
      await heartbeat
      await write((current) => ({ ...change(current), lease: null }))
      announce = []
    },
  }
}
