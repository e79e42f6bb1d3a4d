import { refused } from './acceptance'
import type { DestinationIdentity } from '../../destinations/destination'
import type { Plan } from '../../state/plan'
import type { StateDocument } from '../../state/state-document'
import type { Acceptance, DoneBefore } from './acceptance'

/**
 * Approves exactly the plan of this id: its batches go out as they were planned. An approved plan may be approved again,
 * which changes nothing.
 * @param target the target to which the job would send them now
 */
export function approvePlan(
  document: Pick<StateDocument, 'plan' | 'outbox' | 'identities'>,
  id: string,
  target: DestinationIdentity,
): Acceptance | DoneBefore {
  const { plan } = document
  if (plan?.id !== id) throw notThatPlan(id, plan)
  if (plan.decision) return decidedBefore(id, plan.decision)
  assertSameTarget(document, target)
  const { batches, rows } = plan
  return {
    note: `Plan ${id} was approved: its batches (${batches}, ${rows} rows) are sent as they were planned.`,
    effect: { kind: 'plan-approved' },
  }
}

function notThatPlan(id: string, plan: Plan | null) {
  if (!plan) return refused(`There is no plan ${id}.`, 'No plan waits: run the job without a command.')
  return plan.decision
    ? refused(`There is no plan ${id} that waits.`, `The newest, ${plan.id}, was ${plan.decision.kind}.`)
    : refused(
        `Another plan waits than ${id}.`,
        `Look at the one that waits (${plan.batches} batches, ${plan.rows} rows) and approve that: approve=${plan.id}.`,
      )
}

function decidedBefore(id: string, { kind, run, at }: NonNullable<Plan['decision']>): DoneBefore {
  const when = `at ${new Date(at).toISOString()} by run ${run}`
  if (kind === 'approved') {
    return { note: `Plan ${id} was approved ${when}; nothing was left to approve.`, effect: null }
  }
  throw refused(
    `Plan ${id} was dropped ${when}, so it cannot be approved.`,
    'Its records count as dropped; where one comes again with other content, a new plan has it.',
  )
}

/** The file may not name the dataset or account that it was approved for. */
function assertSameTarget(
  { outbox, identities }: Pick<StateDocument, 'outbox' | 'identities'>,
  now: DestinationIdentity,
): void {
  const planned = outbox.find(({ state }) => state === 'planned')
  const then = planned && identities[planned.identity]
  if (!then || (then.kind === now.kind && then.address === now.address && then.target === now.target)) return
  throw refused(
    `The plan is for ${placeOf(then)}, and the job sends to ${placeOf(now)} now.`,
    'Put the former destination back and approve it then; or give the plan up with resolve=plan as=drop.',
  )
}

function placeOf({ kind, address, target }: Omit<DestinationIdentity, 'account'>): string {
  return `${kind} ${target} at ${address}`
}
