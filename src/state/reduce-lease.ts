import { noCounters } from './counters'
import { killedReport } from './killed-run'
import { batchOf } from './outbox-entry'
import { daysOf, withRowsOf } from './row-days'
import { withOrphans } from './run-files-named'
import type { StateEvent } from './events'
import type { RunReport } from './run-report'
import type { StateDocument } from './state-document'

type LeaseTaken = Extract<StateEvent, { type: 'lease-taken' }>
type RunEnded = Extract<StateEvent, { type: 'run-ended' }>

/**
 * Takes the lease. Where its previous holder was killed, that run's `sending` batches become in doubt, its folder may
 * hold orphans, and its report is written from the counters that it committed.
 */
export function reduceLease(document: StateDocument, event: LeaseTaken): StateDocument {
  const { at, owner, run, activation, endsAt } = event
  const sending = document.outbox.some((entry) => entry.state === 'sending')
  const taken: StateDocument = {
    ...document,
    lease: { owner, run, activation, takenAt: at, endsAt },
    attempts: document.attempts + 1,
    barrier: sending ? Math.max(document.barrier, event.barrier) : document.barrier,
    outbox: document.outbox.map((entry) =>
      entry.state === 'sending' ? { ...batchOf(entry), state: 'in-doubt', doubtFrom: at } : entry,
    ),
  }
  if (!document.lease) return taken
  const killed = killedReport(document, document.lease, event.lastWrittenAt)
  return {
    ...taken,
    orphans: withOrphans(document.orphans, [document.lease.run]),
    counters: noCounters,
    reports: [...document.reports, killed].slice(-event.reportsKept),
    days: withRowsOf(daysOf(document), killed),
  }
}

/** Releases the lease and stores the report. The counters move into the report and start at zero again. */
export function reduceRunEnd(document: StateDocument, event: RunEnded): StateDocument {
  const { report, progressed, exhausted, reportsKept } = event
  const succeeded = report.outcome === 'succeeded'
  return {
    ...document,
    lease: null,
    attempts: progressed ? 0 : document.attempts,
    // Uncommitted files are orphans; the next run deletes them.
    orphans:
      succeeded || !document.lease ? document.orphans : withOrphans(document.orphans, [document.lease.run]),
    reconciled: document.reconciled || (succeeded && document.outbox.length === 0),
    // A waiver that nothing needed must not lift a later block.
    waivers: exhausted ? [] : document.waivers,
    counters: noCounters,
    reports: withReport(document.reports, report).slice(-reportsKept),
    days: withRowsOf(daysOf(document), report),
  }
}

/** Equal reports of runs that changed nothing become one, from the start of the first to the end of the last. */
function withReport(reports: readonly RunReport[], report: RunReport): RunReport[] {
  const last = reports.at(-1)
  if (!last || !isIdle(report) || essenceOf(last) !== essenceOf(report)) return [...reports, report]
  return [...reports.slice(0, -1), { ...report, startedAt: last.startedAt }]
}

/** True where the run neither succeeded nor moved a record, row or batch. */
function isIdle(report: RunReport): boolean {
  return (
    report.outcome !== 'succeeded' &&
    Object.keys(noCounters).every((name) => report[name as keyof typeof noCounters] === 0)
  )
}

/** The members by which two reports are compared: all except the ids and times of the run. */
function essenceOf(report: RunReport): string {
  return JSON.stringify({ ...report, run: '', activation: '', startedAt: '', endedAt: '' })
}
