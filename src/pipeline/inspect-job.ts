import { isLeaseHeld, openJobDocument } from '../state/job-document'
import { probableCause } from '../state/killed-run'
import { reportPlan } from '../state/plan'
import { createStoreClock } from '../state/store-clock'
import { arrivalStatus } from './arrival/arrival-status'
import { explainHold } from './delivery/holds'
import { rejectsKeptMs } from './retention'
import { isDue, scheduleStart, sliceFrom, sliceName } from './slices'
import type { Job } from '../definition/job'
import type { Sliced } from '../definition/sync'
import type { OutboxEntry } from '../state/outbox-entry'
import type { StateDocument } from '../state/state-document'
import type { Backfill, Replay } from '../state/work'
import type { FileVersion } from '../state/versioned-file'
import type { RunDependencies } from './run-context'

/** Inspection uses the store, and the job's name and sync mode. It opens neither the source nor the destination. */
export type InspectDependencies = Pick<RunDependencies, 'store' | 'clock' | 'settings'> & {
  readonly job: Pick<Job, 'name' | 'sync'>
}

/**
 * Reads a job's state for a person. Takes no lease and changes nothing.
 * @throws JobError `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function inspectJob({ job, store, clock, settings }: InspectDependencies): Promise<object> {
  const storeClock = createStoreClock(clock)
  const { leaseTtlMs } = settings
  const file = openJobDocument({ job: job.name, store, clock, storeClock, patienceMs: leaseTtlMs })
  const found = await file.read()
  if (!found) return { job: job.name, state: 'This job has not run yet.' }
  const { content: document } = found
  return {
    job: job.name,
    lease: leaseOf(found, storeClock.now(), leaseTtlMs),
    attemptsWithoutProgress: document.attempts,
    ...progressOf(job, document, storeClock.now()),
    definition: document.counting,
    backfills: document.backfills.map(backfillOf),
    partitions: partitionsOf(document),
    outbox: document.outbox.map(batchOf),
    plan: planOf(document),
    held: document.outbox.flatMap((entry) => (entry.state === 'held' ? [explainHold(entry, {})] : [])),
    arrival: arrivalStatus(document.arrivals),
    rejects: document.rejects.segments.map(({ file: name, run, open, at }) => ({
      ...{ file: name, run, open, at: iso(at) },
      expires: iso(at + rejectsKeptMs),
    })),
    commands: document.commands.map(({ run, at, note }) => ({ run, at: iso(at), note })),
    reports: document.reports,
  }
}

/** A lease that is neither held nor given back belonged to a run that was killed. */
function leaseOf(found: FileVersion<StateDocument>, storeNow: number, leaseTtlMs: number): object | null {
  const { lease } = found.content
  if (!lease) return null
  const held = isLeaseHeld(found, storeNow, leaseTtlMs)
  return {
    run: lease.run,
    activation: lease.activation,
    takenAt: iso(lease.takenAt),
    renewedAt: iso(found.modifiedAt),
    endsAt: iso(lease.endsAt),
    held,
    ...(held ? {} : { lastRun: probableCause(lease, found.modifiedAt) }),
  }
}

/** Where the job stands, and what is next. */
function progressOf({ sync }: Pick<Job, 'sync'>, document: StateDocument, storeNow: number): object {
  const { cursor, watermark, floor, done, skipped } = document
  if (sync.mode !== 'sliced')
    return { mode: sync.mode, cursor: cursor?.since ?? null, floor: floor?.since ?? null }
  return {
    mode: sync.mode,
    doneUntil: isoOrNull(watermark),
    // A faulty schedule has no next slice; everything else is known without it.
    next: sync.faults.length > 0 ? null : nextOf(sync, watermark, storeNow),
    done: done.map(rangeOf),
    skipped: skipped.map((slice) => ({ ...rangeOf(slice), at: iso(slice.at) })),
  }
}

function nextOf(sync: Sliced, watermark: number | null, storeNow: number): object {
  const slice = sliceFrom(watermark ?? scheduleStart(sync), sync)
  return { name: sliceName(slice), ...rangeOf(slice), due: isDue(slice, sync, storeNow) }
}

/** Where a batch stands, and since when it has waited there. */
function batchOf(entry: OutboxEntry): object {
  const { id, partition, commit, rows, state, firstSentAt } = entry
  return {
    ...{ batch: id, partition, commit, rows, state },
    firstSentAt: isoOrNull(firstSentAt),
    ...(entry.state === 'accepted' ? { acceptedAt: iso(entry.acceptedAt) } : {}),
    ...(entry.state === 'held' ? { heldSince: iso(entry.hold.since) } : {}),
  }
}

/** The newest plan; while it waits, with the whole files of its batches. */
function planOf(document: StateDocument): object | null {
  const { plan, outbox } = document
  if (!plan) return null
  const { plan: waiting } = reportPlan(document)
  if (!waiting) return { id: plan.id, rows: plan.rows, decision: plan.decision && decisionOf(plan.decision) }
  const files = outbox.flatMap(({ state, file, rows, sha256, contentSha256 }) =>
    state === 'planned' ? [{ file, rows, sha256, contentSha256 }] : [],
  )
  return {
    ...waiting,
    files,
    commands: [`approve=${plan.id}`, 'resolve=plan as=drop'],
  }
}

function decisionOf({ kind, run, at }: NonNullable<NonNullable<StateDocument['plan']>['decision']>): object {
  return { kind, run, at: iso(at) }
}

function backfillOf(work: Backfill | Replay): object {
  if (work.kind === 'replay') return { name: work.name, kind: work.kind }
  const { name, kind, force } = work
  return work.mode === 'sliced'
    ? { name, kind, force, ...rangeOf(work), doneTo: isoOrNull(work.doneTo) }
    : { name, kind, force, from: work.from.since, to: work.to.since, doneTo: work.cursor?.since ?? null }
}

function partitionsOf({ partitions }: StateDocument): object {
  const shown = Object.entries(partitions).map(([name, { mark, notBefore, confirmedAt }]) => [
    name,
    { newestRow: mark, notBefore: iso(notBefore), confirmedAt: isoOrNull(confirmedAt) },
  ])
  return Object.fromEntries(shown) as object
}

function rangeOf({ from, to }: { readonly from: number; readonly to: number }): { from: string; to: string } {
  return { from: iso(from), to: iso(to) }
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
