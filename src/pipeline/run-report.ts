import { noCounters } from '../state/counters'
import { explainHold } from './holds'
import type { RunReport } from '../state/run-report'
import type { Counters } from '../state/counters'
import type { StateDocument } from '../state/state-document'
import type { Outcome } from './outcome'

interface ReportFacts {
  readonly run: string
  readonly outcome: RunReport['outcome']
  readonly reason?: string | undefined
  readonly error?: Outcome['error']
  readonly notes?: readonly string[]
  /** ms since the epoch on the store's clock. */
  readonly startedAt: number
  readonly endedAt: number
}

/** What the counters and the outbox say at the end of a run. */
export function reportOf(document: StateDocument, facts: ReportFacts): RunReport {
  return {
    ...counts(document.job, facts, document.counters),
    pending: document.outbox.filter((entry) => entry.state !== 'confirmed').length,
    held: document.outbox.flatMap((entry) => (entry.hold ? [explainHold(entry, entry.hold)] : [])),
  }
}

/** The report of a run that found another one at work, or could not start. */
export function reportOfNothing(job: string, facts: ReportFacts): RunReport {
  return { ...counts(job, facts, noCounters), pending: 0, held: [] }
}

function counts(job: string, facts: ReportFacts, counters: Counters): Omit<RunReport, 'pending' | 'held'> {
  const { rejects, ...numbers } = counters
  const { code, message, remedy } = facts.error ?? {}
  return {
    job,
    run: facts.run,
    outcome: facts.outcome,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    notes: [...(facts.notes ?? [])],
    ...numbers,
    rejects: Object.values(rejects).reduce((sum, count) => sum + count, 0),
    rejectsByReason: rejects,
    startedAt: new Date(facts.startedAt).toISOString(),
    endedAt: new Date(facts.endedAt).toISOString(),
    ...(code && message && remedy ? { error: { code, message, remedy } } : {}),
  }
}
