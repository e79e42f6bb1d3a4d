import { JobError } from '../errors'
import { isLeaseHeld, jobFolder } from './job-document'
import { holdLease } from './job-state'
import { reduce } from './reduce'
import { newDocument } from './state-document'
import type { BlobStore } from './blob-store'
import type { StateEvent } from './events'
import type { JobState, LeaseHolder } from './job-state'
import type { StateDocument } from './state-document'
import type { FileVersion } from './versioned-file'

export interface LeaseOptions extends Omit<LeaseHolder, 'etag' | 'document'> {
  readonly store: BlobStore
  readonly leaseTtlMs: number
  /** Until when a request that is lost at `at` may still take effect: upsert destinations; 0 for other kinds. */
  readonly barrier: (at: number) => number
  readonly reportsKept: number
}

/**
 * Takes the job's lease by replacing the version `found`; null where another run won. The lease only saves work: safety
 * comes from the compare-and-swap of every write.
 * @throws JobError `state-missing`, `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function takeLease(
  options: LeaseOptions,
  found: FileVersion<StateDocument> | null,
): Promise<JobState | null> {
  const { file, storeClock } = options
  if (found && isLeaseHeld(found, storeClock.now(), options.leaseTtlMs)) return null
  if (!found) await assertNeverRan(options)

  const before = found?.content ?? newDocument(options.job)
  const taken = reduce(before, leaseTaken(options, found))
  const document = { ...taken, write: options.newId() }
  const outcome = await file.write(document, found ? found.etag : null)
  if (outcome.kind === 'superseded') {
    // A write without the lease, such as that of arrivals, must not make a run fail to take it.
    const free = outcome.found?.content.lease === null ? outcome.found : null
    return free ? takeLease(options, free) : null
  }
  logTaken(options, document, before)
  return holdLease({ ...options, document, etag: outcome.etag })
}

function leaseTaken(
  { run, activation, storeClock, endsAt, barrier, reportsKept }: LeaseOptions,
  found: FileVersion<StateDocument> | null,
): Extract<StateEvent, { type: 'lease-taken' }> {
  const at = storeClock.now()
  return {
    type: 'lease-taken',
    ...{ at, owner: `${activation} ${run}`, run, activation, endsAt, reportsKept },
    lastWrittenAt: found ? found.modifiedAt : at,
    barrier: barrier(at),
  }
}

function logTaken(
  { job, run, activation, log }: LeaseOptions,
  { attempts }: StateDocument,
  before: StateDocument,
): void {
  const takenOverFrom = before.lease ? before.lease.run : null
  log.info('lease-taken', { job, run, activation, attempts, takenOverFrom })
}

/** A job without a document counts as new only if no other file of it exists. */
async function assertNeverRan({ job, store, file }: LeaseOptions): Promise<void> {
  for await (const path of store.list(jobFolder(job))) {
    if (path === file.path) return
    throw new JobError(
      'state-missing',
      `${file.path} is gone although the job "${job}" has run before (${path} is still there).`,
      `Restore ${file.path}. If its data may all be sent again, delete everything under ${jobFolder(job)} first.`,
      { details: { path: file.path } },
    )
  }
}
