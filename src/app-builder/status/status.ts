import type { CredentialStatus } from './credentials'
import type { JobStatus } from './job-status'
import type { WatchdogStatus } from './read-watchdog'

/** A customer organisation. */
export interface TenantStatus {
  /** Its organisation; of a file that cannot be read, the file's path. */
  readonly tenant: string
  readonly status: 'linked' | 'needs-reauth' | 'unreadable'
  readonly linkedAt: string | null
  /** Refusals of IMS in a row that indicate a withdrawn consent. */
  readonly refusals: number
  readonly firstRefusedAt: string | null
}

/** An account at a source that its owner has given access to. */
export interface GrantStatus {
  /** The source's name for it, and the beginning of the name of its file. */
  readonly grant: string
  readonly status: 'valid' | 'expires-soon' | 'expired' | 'unreadable'
  /** When it ends unless its owner consents again; null where the server does not say. */
  readonly endsAt: string | null
}

/** State of a job that is no longer listed in the app. */
export interface StrayState {
  readonly job: string
  /** Null where the state cannot be read. */
  readonly pendingBatches: number | null
  readonly pendingRows: number | null
}

/** All that the status page shows. Instants in ISO 8601. */
export interface Status {
  readonly at: string
  /** The customer organisation whose jobs are shown; null for the app's own. */
  readonly tenant: string | null
  readonly jobs: readonly JobStatus[]
  readonly strays: readonly StrayState[]
  readonly tenants: readonly TenantStatus[]
  readonly grants: readonly GrantStatus[]
  readonly credentials: readonly CredentialStatus[]
  readonly watchdog: WatchdogStatus
}

/**
 * The part of a status that members of the organisation may read: outcomes and counts, but neither records nor texts
 * that may quote a server, a record or a configuration.
 */
export function withoutTexts(status: Status): object {
  return { at: status.at, jobs: status.jobs.map(briefly) }
}

function briefly({
  job,
  mode,
  condition,
  alarm,
  next,
  runs,
  days,
  pending,
  held,
  plan,
  rejects,
}: JobStatus): object {
  return {
    ...{ job, mode, condition, alarm, next, days, pending },
    runs: runs.map(
      ({ outcome, reason, startedAt, endedAt, records, rows, rejects: rejected, confirmed }) => ({
        ...{ outcome, reason, startedAt, endedAt, records, rows, rejects: rejected, confirmed },
      }),
    ),
    held: held.length,
    plan: plan !== null,
    rejects: rejects.open,
  }
}
