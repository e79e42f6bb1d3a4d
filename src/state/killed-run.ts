import { reportPlan } from './plan'
import { reportCounts } from './run-report'
import type { RunReport } from './run-report'
import type { StateDocument } from './state-document'

type Lease = NonNullable<StateDocument['lease']>

/**
 * A live run writes at least this often: if its last write is further from its time limit, the limit did not end it.
 */
const nearLimitMs = 60_000

/** The probable cause of the end of a run that held `lease` and last wrote at `lastWrittenAt` (store's clock, ms). */
export function probableCause({ activation, endsAt }: Lease, lastWrittenAt: number): string {
  return lastWrittenAt >= endsAt - nearLimitMs
    ? `It was killed, probably at its time limit: its last write was ${seconds(endsAt - lastWrittenAt)} before it. Raise limits.timeout of the action.`
    : `It was killed, probably because it ran out of memory or crashed: its last write was ${seconds(endsAt - lastWrittenAt)} before its time limit. Read the log of activation ${activation}; if it reports too little memory, raise limits.memory of the action.`
}

/** The report of a run that could not write its own, from the counters that its commits wrote. */
export function killedReport(document: StateDocument, lease: Lease, lastWrittenAt: number): RunReport {
  return {
    job: document.job,
    run: lease.run,
    activation: lease.activation,
    outcome: 'failed',
    reason: 'killed',
    notes: [probableCause(lease, lastWrittenAt)],
    ...reportCounts(document.counters),
    pending: document.outbox.filter(({ state }) => state !== 'confirmed').length,
    held: document.outbox.flatMap((entry) =>
      entry.state === 'held'
        ? [
            {
              batch: entry.id,
              partition: entry.partition,
              rows: entry.rows,
              code: entry.hold.code,
              message: entry.hold.message,
              choices: ['Run with inspect=true: it lists the choices and the risk of each.'],
            },
          ]
        : [],
    ),
    ...reportPlan(document),
    startedAt: new Date(lease.takenAt).toISOString(),
    endedAt: new Date(lastWrittenAt).toISOString(),
  }
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`
}
