import { html } from '../../web/html'
import { alarmText, commandButton, conditionBadge, figure, instant } from './elements'
import { decisions } from './decisions'
import { rejectsPart } from './rejects'
import { runsPart } from './runs'
import type { Markup } from '../../web/html'
import type { JobStatus } from '../job-status'
import type { PageContext } from './elements'

/** All of one job. */
export function jobSection(context: PageContext, status: JobStatus): Markup {
  const { job, condition, faults, lease, arrival } = status
  const run = condition === 'faulty' ? null : commandButton(context, { job }, `Run ${job} now`)
  return html`<section id="job-${job}" aria-labelledby="title-${job}">
    <div class="title">
      <h2 id="title-${job}">${job}</h2>
      ${conditionBadge(condition)} ${run}
    </div>
    ${lease ? leaseText(lease) : null} ${faults.map((text) => html`<p class="bad">${text}</p>`)}
    ${lastError(status)} ${decisions(context, status)}
    <dl>${standing(status)}${arrival ? arrivalFacts(arrival) : null}</dl>
    ${runsPart(status)} ${rejectsPart(context, status)}
  </section>`
}

function leaseText({ run, since, killed }: NonNullable<JobStatus['lease']>): Markup {
  return killed === null
    ? html`<p>Run <code>${run}</code> since ${instant(since)}.</p>`
    : html`<p class="bad">${killed}</p>`
}

/** Held batches are shown with their choices, so the error that names them would say less a second time. */
function lastError({ runs, held }: JobStatus): Markup | null {
  const [last] = runs
  if (!last?.error || (last.error.code === 'batch-held' && held.length > 0)) return null
  const { code, message, remedy } = last.error
  return html`<h3>Last run: ${code}</h3>
    <p class="bad">${message}</p>
    <p>${remedy}</p>`
}

function standing({ mode, standsAt, alarm, next, runs, pending }: JobStatus): readonly Markup[] {
  const [last] = runs
  return [
    html`<dt>Sync mode</dt>
      <dd>${mode}</dd>`,
    html`<dt>Stands at</dt>
      <dd>${standsAt ?? 'the beginning'}</dd>`,
    html`<dt>Next alarm</dt>
      <dd>${alarmText(alarm)}</dd>`,
    ...(next
      ? [
          html`<dt>Next slice</dt>
            <dd>${next.name}, ${next.due ? 'now due' : html`after ${instant(next.dueAt)}`}</dd>`,
        ]
      : []),
    last
      ? html`<dt>Last run</dt>
          <dd>
            ${instant(last.endedAt)}: ${last.outcome}${last.reason === undefined ? '' : ` (${last.reason})`},
            ${figure(last.rows)} rows
          </dd>`
      : html`<dt>Last run</dt>
          <dd>none</dd>`,
    html`<dt>Under way</dt>
      <dd>${figure(pending.batches)} batches, ${figure(pending.rows)} rows</dd>`,
  ]
}

function arrivalFacts({
  confirmed,
  arrived,
  indicated,
  waiting,
  missing,
}: NonNullable<JobStatus['arrival']>): readonly Markup[] {
  const gone = missing.reduce((sum, { rows, found }) => sum + rows - found, 0)
  const causes = [...new Set(missing.flatMap((one) => one.causes))]
  return [
    html`<dt>Sent</dt>
      <dd>${figure(confirmed.rows)} rows confirmed</dd>`,
    html`<dt>Arrived</dt>
      <dd>
        ${figure(arrived.rows)} rows seen in
        reports${indicated.rows > 0 ? `, ${figure(indicated.rows)} more without contradiction` : ''},
        ${figure(waiting.rows)} not asked for yet or on their way
      </dd>`,
    ...(missing.length > 0
      ? [
          html`<dt>Missing</dt>
            <dd class="bad">
              ${figure(gone)} rows had to be visible by now. Likely causes: ${causes.join(', ')}
            </dd>`,
        ]
      : []),
  ]
}
