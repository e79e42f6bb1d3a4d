import { JobError } from '../errors'
import type { Change } from '../state/job-state'
import type { RunContext } from './run-context'

/**
 * A batch that may have been sent can only be asked for where it was sent to.
 * @throws JobError `definition-changed`
 */
export function assertSameDestination({ state, destination, job }: RunContext): void {
  const { identities, outbox } = state.document
  const now = destination.identity
  const elsewhere = outbox
    .filter((entry) => entry.state === 'sending' || entry.state === 'doubt')
    .map((entry) => identities[entry.identity])
    .find(
      (sentTo) =>
        sentTo &&
        (sentTo.kind !== now.kind ||
          sentTo.baseUrl !== now.baseUrl ||
          sentTo.clientId !== now.clientId ||
          sentTo.orgId !== now.orgId),
    )
  if (!elsewhere) return
  throw new JobError(
    'definition-changed',
    `A batch of the job "${job.name}" may have been sent to ${elsewhere.baseUrl} as client ${elsewhere.clientId}; the job now goes to ${now.baseUrl} as client ${now.clientId}.`,
    'Put the old base URL and credential back until a run reports pending = 0, then change them.',
    { details: { job: job.name } },
  )
}

/** How long a job whose visitors moved to other groups must still wait, in ms; 0 where it may go on. */
export function regroupingWaitMs({ state, destination, settings }: RunContext): number {
  const { grouping, groups, outbox } = state.document
  if (grouping === null || grouping === destination.grouping) return 0
  if (outbox.length > 0) return Infinity
  const last = Math.max(0, ...Object.values(groups).map(({ confirmedAt }) => confirmedAt ?? 0))
  return Math.max(0, last + settings.regroupAfterMs - state.storeClock.now())
}

/** A visitor may now be in any group, so every group starts from the newest mark of all. */
export function regroup({ destination }: RunContext): Change {
  return (document) => {
    const marks = Object.values(document.groups).map(({ mark }) => mark ?? -Infinity)
    const newest = Math.max(-Infinity, ...marks)
    const mark = Number.isFinite(newest) ? newest : null
    const names = Array.from({ length: destination.groups }, (_, group) => destination.groupName(group))
    return {
      ...document,
      grouping: destination.grouping,
      groups: Object.fromEntries(names.map((name) => [name, { mark, restUntil: 0, confirmedAt: null }])),
    }
  }
}
