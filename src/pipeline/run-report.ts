import { storedText } from '../state/event-texts'
import { reportPlan } from '../state/plan'
import { reportCounts } from '../state/run-report'
import { explainHold } from './delivery/holds'
import type { JobError } from '../errors'
import type { Destination } from '../destinations/destination'
import type { Drift, RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'

export interface ReportFacts {
  readonly job: string
  readonly run: string
  readonly activation: string
  readonly outcome: RunReport['outcome']
  readonly reason?: string | undefined
  readonly error?: JobError | undefined
  readonly notes?: readonly string[] | undefined
  /** ms since the epoch on the store's clock. */
  readonly startedAt: number
  readonly endedAt: number
  readonly drift?: readonly Drift[]
  /** Takes secrets out of text that other systems sent. */
  readonly redact: (text: string) => string
}

/** The report of a run, from the counters and the outbox at its end. */
export function reportOf(
  { counters, outbox, plan }: Pick<StateDocument, 'counters' | 'outbox' | 'plan'>,
  destination: Pick<Destination, 'explain'>,
  facts: ReportFacts,
): RunReport {
  const text = (value: string) => storedText(value, facts.redact)
  const { job, run, activation, outcome, reason, error } = facts
  return {
    job,
    run,
    activation,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    notes: (facts.notes ?? []).map(text),
    ...reportCounts(counters),
    pending: outbox.filter(({ state }) => state !== 'confirmed').length,
    held: outbox.flatMap((entry) => (entry.state === 'held' ? [explainHold(entry, destination)] : [])),
    ...(facts.drift?.length ? { drift: [...facts.drift] } : {}),
    ...reportPlan({ job, plan }),
    startedAt: new Date(facts.startedAt).toISOString(),
    endedAt: new Date(facts.endedAt).toISOString(),
    ...(error
      ? { error: { code: error.code, message: text(error.message), remedy: text(error.remedy) } }
      : {}),
  }
}
