import { html } from '../../web/html'
import { commandButton, figure, instant } from './elements'
import type { BatchResolution } from '../../../pipeline/delivery/holds'
import type { WaitingPlan } from '../../../state/plan'
import type { Markup } from '../../web/html'
import type { HeldStatus, JobStatus } from '../job-status'
import type { PageContext } from './elements'

const labels: Readonly<Record<BatchResolution, string>> = {
  sent: 'Count it as sent',
  resend: 'Send it again',
  drop: 'Drop it',
}

/** The batches and the plan that wait for a person, each with its choices. */
export function decisions(context: PageContext, { job, held, plan }: JobStatus): readonly Markup[] {
  return [
    ...held.map((batch, index) => heldBatch(context, job, batch, index)),
    ...(plan ? [waitingPlan(context, job, plan)] : []),
  ]
}

function heldBatch(context: PageContext, job: string, batch: HeldStatus, index: number): Markup {
  const choices = batch.choices.map(({ as, risk }) => {
    const id = `risk-${job}-${index}-${as}`
    const params = { job, resolve: batch.batch, as }
    const button = commandButton(context, params, labels[as], { plain: true, describedBy: id })
    return html`<li>${button}<span id="${id}">${risk}</span></li>`
  })
  return html`<h3>Batch held: ${batch.code}</h3>
    <p>
      ${figure(batch.rows)} rows for ${batch.partition}, held since ${instant(batch.since)}. Nothing more is
      read until you decide.
    </p>
    <p>${batch.message}</p>
    <p class="soft">Batch <code>${batch.batch}</code></p>
    <ul class="choices">
      ${choices}
    </ul>`
}

function waitingPlan(context: PageContext, job: string, plan: WaitingPlan): Markup {
  const reasons = [...plan.reasons.map(({ message }) => message), ...plan.notes]
  const span =
    plan.first && plan.last
      ? html`<dt>Rows from, to</dt>
          <dd>${instant(plan.first)}, ${instant(plan.last)}</dd>`
      : null
  const cost =
    plan.serverCalls === null
      ? null
      : html`<dt>Server calls</dt>
          <dd>${figure(plan.serverCalls)}</dd>`
  const ids = { approve: `approve-${job}`, drop: `drop-${job}` }
  const approve = { job, approve: plan.id }
  // The command names the plan by its id: `resolve=plan` from a stale page would drop a later plan that nobody has seen.
  const drop = { job, resolve: plan.id, as: 'drop' }
  return html`<h3>Plan waits for approval</h3>
    ${reasons.map((text) => html`<p>${text}</p>`)}
    <dl>
      <dt>Rows</dt>
      <dd>${figure(plan.rows)} in ${figure(plan.batches)} batches</dd>
      <dt>To</dt>
      <dd>${plan.target}</dd>
      ${span}${cost}
      <dt>Made</dt>
      <dd>${instant(plan.createdAt)}</dd>
      <dt>Whole files</dt>
      <dd><code>${plan.folder}</code></dd>
    </dl>
    <details>
      <summary>Sample rows</summary>
      <pre>${plan.sample.join('\n')}</pre>
    </details>
    <ul class="choices">
      <li>
        ${commandButton(context, approve, 'Approve', { describedBy: ids.approve })}<span id="${ids.approve}"
          >sends exactly these rows; they cannot be taken back</span
        >
      </li>
      <li>
        ${commandButton(context, drop, 'Drop the plan', { plain: true, describedBy: ids.drop })}<span
          id="${ids.drop}"
          >sends nothing of it; its records are never sent unless their content changes</span
        >
      </li>
    </ul>`
}
