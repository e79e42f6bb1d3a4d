import { arrivalStatus } from '../../pipeline/arrival/arrival-status'
import { explainHold, allowedResolutions } from '../../pipeline/delivery/holds'
import { isDue, scheduleStart, sliceFrom, sliceName } from '../../pipeline/slices'
import { isLeaseHeld } from '../../state/job-document'
import { probableCause } from '../../state/killed-run'
import { reportPlan } from '../../state/plan'
import { daysOf } from '../../state/row-days'
import { rowsByDay } from './rows-by-day'
import type { ArrivalStatus } from '../../pipeline/arrival/arrival-status'
import type { BatchResolution } from '../../pipeline/delivery/holds'
import type { Job } from '../../definition/job'
import type { Sliced } from '../../definition/sync'
import type { EntryIn } from '../../state/outbox-entry'
import type { WaitingPlan } from '../../state/plan'
import type { RunReport } from '../../state/run-report'
import type { StateDocument } from '../../state/state-document'
import type { FileVersion } from '../../state/versioned-file'
import type { NextAlarm } from './next-alarm'
import type { OpenRejects } from './open-rejects'
import type { DayRows } from './rows-by-day'

/** How a job does, the most urgent first. */
export type Condition =
  'unreadable' | 'faulty' | 'needs-a-person' | 'failed' | 'running' | 'partial' | 'succeeded' | 'never-ran'

/** A batch that waits for a person, with the risk of each choice. */
export interface HeldStatus {
  readonly batch: string
  readonly partition: string
  readonly rows: number
  readonly code: string
  readonly message: string
  readonly since: string
  readonly choices: readonly { readonly as: BatchResolution; readonly risk: string }[]
}

/** The next work that is known without asking the source; null where only the source knows. */
export interface NextSlice {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly dueAt: string
  readonly due: boolean
}

/** A job as the status page shows it. Instants in ISO 8601. */
export interface JobStatus {
  readonly job: string
  readonly mode: string
  readonly condition: Condition
  /** Why its state cannot be read, or its definition cannot be opened. */
  readonly faults: readonly string[]
  /** The run that holds the lease, or was killed with it. */
  readonly lease: { readonly run: string; readonly since: string; readonly killed: string | null } | null
  /** Where it stands: a cursor, or the end of what is done. */
  readonly standsAt: string | null
  readonly alarm: NextAlarm
  readonly next: NextSlice | null
  /** The last ten, newest first. */
  readonly runs: readonly RunReport[]
  readonly days: readonly DayRows[]
  /** Batches that are committed and not confirmed. */
  readonly pending: { readonly batches: number; readonly rows: number }
  readonly held: readonly HeldStatus[]
  readonly plan: WaitingPlan | null
  readonly rejects: OpenRejects
  readonly arrival: ArrivalStatus | null
}

export interface JobFacts {
  readonly job: Pick<Job, 'name' | 'sync' | 'faults'>
  /** Null where it never ran. */
  readonly found: FileVersion<StateDocument> | null
  readonly rejects: OpenRejects
  readonly leaseTtlMs: number
  /** When it is woken next. */
  readonly alarm: NextAlarm
}

/** The reports themselves are in the job's state; an answer of the platform has 1 MB at most. */
const runsShown = 10

/** The view of a job's state. Pure: the store's time comes with the state that was read. */
export function jobStatus({ job, found, rejects, leaseTtlMs, alarm }: JobFacts): JobStatus {
  const { name, sync, faults } = job
  const basis = { job: name, mode: sync.mode, faults, rejects, alarm }
  if (!found) return { ...basis, ...nothingYet, condition: faults.length > 0 ? 'faulty' : 'never-ran' }
  const { content: document, storeNow } = found
  const { cursor, watermark, reports, outbox } = document
  const pending = outbox.filter(({ state }) => state !== 'confirmed')
  const lease = leaseOf(found, leaseTtlMs)
  const status = {
    ...basis,
    lease,
    standsAt: sync.mode === 'sliced' ? isoOrNull(watermark) : (cursor?.since ?? null),
    next: sync.mode === 'sliced' && sync.faults.length === 0 ? nextSlice(sync, watermark, storeNow) : null,
    runs: reports.slice(-runsShown).toReversed(),
    days: rowsByDay(daysOf(document)),
    pending: { batches: pending.length, rows: pending.reduce((sum, { rows }) => sum + rows, 0) },
    held: outbox.flatMap((entry) => (entry.state === 'held' ? [heldStatus(entry, reports)] : [])),
    plan: reportPlan(document).plan ?? null,
    arrival: arrivalStatus(document.arrivals),
  }
  return { ...status, condition: conditionOf(status) }
}

/** The view of a job whose state cannot be read. */
export function unreadableJob(
  { name, sync, faults }: JobFacts['job'],
  message: string,
  { rejects, alarm }: Pick<JobFacts, 'rejects' | 'alarm'>,
): JobStatus {
  const found = [message, ...faults]
  return { job: name, mode: sync.mode, rejects, alarm, ...nothingYet, faults: found, condition: 'unreadable' }
}

const nothingYet = {
  ...{ lease: null, standsAt: null, next: null, runs: [], days: [], held: [], plan: null, arrival: null },
  pending: { batches: 0, rows: 0 },
}

function conditionOf({
  faults,
  held,
  plan,
  lease,
  runs,
}: Pick<JobStatus, 'faults' | 'held' | 'plan' | 'lease' | 'runs'>): Condition {
  if (faults.length > 0) return 'faulty'
  if (held.length > 0 || plan) return 'needs-a-person'
  if (lease) return lease.killed === null ? 'running' : 'failed'
  const last = runs.find(({ outcome }) => outcome !== 'skipped') ?? runs[0]
  if (!last) return 'never-ran'
  return last.outcome === 'skipped' ? 'succeeded' : last.outcome
}

function leaseOf(found: FileVersion<StateDocument>, leaseTtlMs: number): JobStatus['lease'] {
  const { lease } = found.content
  if (!lease) return null
  const held = isLeaseHeld(found, found.storeNow, leaseTtlMs)
  const killed = held ? null : probableCause(lease, found.modifiedAt)
  return { run: lease.run, since: iso(lease.takenAt), killed }
}

function nextSlice(sync: Sliced, watermark: number | null, storeNow: number): NextSlice {
  const slice = sliceFrom(watermark ?? scheduleStart(sync), sync)
  const dueAt = iso(slice.to + sync.lagMs)
  return {
    ...{ name: sliceName(slice), from: iso(slice.from), to: iso(slice.to), dueAt },
    due: isDue(slice, sync, storeNow),
  }
}

/**
 * The newest report that names the batch has the destination's own explanation of it; the engine's stands in where none
 * does, because the run that held it was killed.
 */
function heldStatus(entry: EntryIn<'held'>, reports: readonly RunReport[]): HeldStatus {
  const { id, partition, rows, hold } = entry
  const reported = reports
    .flatMap(({ held }) => held)
    .findLast(({ batch, code, choices }) => batch === id && code === hold.code && choices.length > 0)
  const general = explainHold(entry, {})
  const choices = allowedResolutions(hold.code).map((as) => {
    const command = `resolve=${id} as=${as}: `
    const text = [reported, general]
      .flatMap((explained) => explained?.choices ?? [])
      .find((choice) => choice.startsWith(command))
    return { as, risk: text?.slice(command.length) ?? '' }
  })
  const { message } = reported ?? general
  return { batch: id, partition, rows, code: hold.code, message, since: iso(hold.since), choices }
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
