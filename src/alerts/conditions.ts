import { newDocument } from '../state/state-document'
import { silentSince } from './silence'
import { documentConditions } from './document-conditions'
import { failed, listed, snapshotOfReport, workConditions, workKinds } from './report-conditions'
import type { Job } from '../definition/job'
import type { RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'
import type { FileVersion } from '../state/versioned-file'
import type { AlertSettings } from './settings'
import type { Condition, Snapshot } from './condition'

/** One job under one name, as the watchdog finds it. */
export interface Observation {
  /** With the tenant, such as `orders@1234567890ABCDEF12345678`. */
  readonly name: string
  readonly job: Pick<Job, 'sync' | 'faults' | 'destination'>
  readonly everyMinutes: number | null
  /** Null where there is no document. */
  readonly found: FileVersion<StateDocument> | null
  /** When the watchdog first looked, ms on the store's clock. */
  readonly since: number
  /** True at the first look, which tells what holds, and no history. */
  readonly isFirst: boolean
  /** The newest report of the looks before; null where there was none. */
  readonly seen: Seen | null
  /** On the store's clock. */
  readonly storeNow: number
}

export interface Seen {
  readonly run: string
  readonly endedAt: string
}

export interface Rules extends AlertSettings {
  readonly leaseTtlMs: number
}

/**
 * What happened to a job since the last look, oldest first, and how it is now: a snapshot for each run that has ended
 * since, then one of the document. So a failure that came and went between two looks is found as well. Pure.
 */
export function snapshotsOf(observation: Observation, rules: Rules): readonly Snapshot[] {
  const { found, isFirst, seen } = observation
  const reports = found && !isFirst ? unseen(found.content.reports, seen) : []
  return [...reports.map((report) => snapshotOfReport(report, rules)), present(observation, rules)]
}

/** Reports since the last look. Equal ones of idle runs become one under the newest run's name. */
function unseen(reports: readonly RunReport[], seen: Seen | null): readonly RunReport[] {
  if (!seen) return reports
  const at = reports.findIndex(({ run }) => run === seen.run)
  return at >= 0 ? reports.slice(at + 1) : reports.filter(({ endedAt }) => endedAt > seen.endedAt)
}

/** True where runs have ended since the last look whose reports are no longer kept. */
export function hasGap({ reports }: StateDocument, seen: Seen | null, reportsKept: number): boolean {
  const [oldest] = reports
  if (!seen || !oldest || reports.length < reportsKept) return false
  return reports.every(({ run }) => run !== seen.run) && oldest.startedAt > seen.endedAt
}

function present(observation: Observation, rules: Rules): Snapshot {
  const { job, found, seen, name } = observation
  const definition = job.faults.length > 0 ? [definitionInvalid(job.faults)] : []
  if (!found && seen) {
    return {
      speaksOf: ['definition-invalid', 'state-unreadable'],
      conditions: [...definition, stateGone(name)],
    }
  }
  const document = found?.content ?? newDocument(name)
  const { reports } = document
  return {
    speaksOf: [
      ...(['failed', 'held', 'approval', 'rejects', 'arrival-missing', 'arrival-unchecked'] as const),
      ...(['silent', 'definition-invalid', 'state-unreadable'] as const),
      ...workKinds(reports),
    ],
    conditions: [
      ...definition,
      ...failed(reports.at(-1)),
      ...workConditions(reports, rules),
      ...documentConditions(document, rules, observation.storeNow),
      ...silence(observation, document, rules),
    ],
  }
}

function silence(
  { found, job, everyMinutes, since, storeNow }: Observation,
  document: StateDocument,
  { leaseTtlMs }: Rules,
): Condition[] {
  const { sync, destination } = job
  // A faulty definition may lack its parts, and is told by itself.
  if (everyMinutes === null || job.faults.length > 0) return []
  const watched = { sync, semantics: destination.semantics, everyMinutes, since, leaseTtlMs }
  const from = silentSince(found, document, watched, storeNow)
  if (from === null) return []
  return [
    {
      kind: 'silent',
      subjects: ['silent'],
      title: 'no run takes up the work that is due',
      text: `Work is due, and no run has begun since ${new Date(from).toISOString()}, although one is expected every ${everyMinutes} minutes.`,
      remedy:
        'Either its alarm does not fire (aio rt rule list; docs/operations.md), or each run ends before it opens its state (aio rt activation list run-job; then read the error).',
    },
  ]
}

function definitionInvalid(faults: readonly string[]): Condition {
  return {
    kind: 'definition-invalid',
    subjects: ['definition'],
    title: 'its definition is invalid, so it does not run',
    text: `Faults: ${listed(faults)}.`,
    remedy: 'Correct its file in src/jobs and deploy again. docs/jobs.md has every option.',
  }
}

function stateGone(name: string): Condition {
  return {
    kind: 'state-unreadable',
    subjects: ['state-missing'],
    title: 'its state is gone',
    text: `jobs/${name}/state.json was there at an earlier look, and is not any more.`,
    remedy: 'Restore it. Do not start with an empty state: the job would send its history again.',
  }
}
