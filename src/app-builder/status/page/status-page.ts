import { html, markupText } from '../../web/html'
import { pageFrame } from '../../web/page-frame'
import { alarmText, badge, conditionBadge, figure, instant, table } from './elements'
import { jobSection } from './job-section'
import { organisations } from './organisations'
import type { Job } from '../../../definition/job'
import type { WebResponse } from '../../web/define-web-action'
import type { Markup } from '../../web/html'
import type { RunOutcome } from '../run-outcome'
import type { JobStatus } from '../job-status'
import type { WatchdogStatus } from '../read-watchdog'
import type { Status, StrayState } from '../status'
import type { PageContext } from './elements'

export interface StatusPage {
  readonly status: Status
  readonly jobs: readonly Job[]
  readonly url: string
  readonly formToken: string
  /** Of the run that the last form started. */
  readonly outcome: RunOutcome | null
  /** Whether organisations of customers can be linked. */
  readonly canConnect: boolean
  /** `Set-Cookie` for a browser that has none yet. */
  readonly cookie: readonly string[] | null
}

/** The platform refuses answers of more than 1 MB: what does not fit is shown on a page of its own. */
const sectionBytes = 600_000

/** The status page. It loads nothing and runs no script. */
export function statusPage(page: StatusPage): WebResponse {
  const { status, jobs, url, formToken, outcome, canConnect, cookie } = page
  const context: PageContext = { url, formToken, tenant: status.tenant }
  const { whole, sections } = sectionsOf(context, status.jobs)
  const title = status.tenant === null ? 'Status of the jobs' : `Status of the jobs of ${status.tenant}`
  const body = html`<a class="skip" href="#content">Skip to the content</a>
    <header>
      <h1>${title}</h1>
      <p class="soft">
        As of ${instant(status.at)}. <a href="${againOf(context, outcome)}">Load again</a>${
          status.tenant === null ? null : html` · <a href="${url}">The app's own jobs</a>`
        }
      </p>
    </header>
    <main id="content">
      ${outcome ? notice(outcome) : null} ${overview(context, status.jobs, whole)} ${sections}
      ${watchdog(status.watchdog)} ${organisations(context, status, jobs, canConnect)}
      ${status.strays.length > 0 ? strays(status.strays) : null}
    </main>
    <footer>
      <p>Accepted data is permanent: rows that are sent again count again. Times and days are UTC.</p>
    </footer>`
  return pageFrame({
    ...{ statusCode: 200, title, body, forms: 'own' },
    headers: cookie === null ? {} : { 'set-cookie': cookie },
  })
}

/** As many jobs as fit, those in need first; at least one. */
function sectionsOf(context: PageContext, jobs: readonly JobStatus[]) {
  const whole: JobStatus[] = []
  const sections: Markup[] = []
  let leftBytes = sectionBytes
  for (const job of jobs.toSorted((one, other) => urgency(one) - urgency(other))) {
    const section = jobSection(context, job)
    leftBytes -= Buffer.byteLength(markupText(section))
    if (leftBytes < 0 && sections.length > 0) break
    whole.push(job)
    sections.push(section)
  }
  return { whole, sections }
}

const urgent: readonly JobStatus['condition'][] = [
  'unreadable',
  'faulty',
  'needs-a-person',
  'failed',
  'partial',
]

function urgency({ condition }: JobStatus): number {
  const place = urgent.indexOf(condition)
  return place === -1 ? urgent.length : place
}

/** The address of this page; until the end of a run is known, with its activation, so that it is told. */
function againOf(context: PageContext, outcome: RunOutcome | null): string {
  return addressOf(context, outcome && outcome.kind !== 'ended' ? { activation: outcome.activation } : {})
}

function addressOf({ url, tenant }: PageContext, query: Readonly<Record<string, string>>): string {
  const all = new URLSearchParams({ ...query, ...(tenant === null ? {} : { tenant }) })
  return all.size === 0 ? url : `${url}?${all.toString()}`
}

function notice(outcome: RunOutcome): Markup {
  if (outcome.kind === 'unknown') {
    return html`<div class="notice" role="status">
      <p>
        The run was started, and the platform does not say how it is getting on (${outcome.why}): activation
        <code>${outcome.activation}</code>. Load this page again.
      </p>
    </div>`
  }
  if (outcome.kind === 'running') {
    return html`<div class="notice" role="status">
      <p>
        The run is under way: activation <code>${outcome.activation}</code>. Load this page again to see how
        it ended.
      </p>
    </div>`
  }
  return html`<div class="notice" role="status">
    <p><strong>${outcome.job}: the run ended ${outcome.outcome}.</strong></p>
    ${outcome.texts.map((text) => html`<p>${text}</p>`)}
  </div>`
}

const columns = [
  { name: 'Job' },
  { name: 'Status' },
  { name: 'Last run' },
  { name: 'Next alarm' },
  { name: 'Rows', number: true },
  { name: 'Open rejects', number: true },
]

function overview(context: PageContext, jobs: readonly JobStatus[], whole: readonly JobStatus[]): Markup {
  const rows = jobs.map((status) => {
    const { job, condition, runs, alarm, rejects } = status
    const [last] = runs
    const href = whole.includes(status) ? `#job-${job}` : addressOf(context, { job })
    return [
      html`<a href="${href}">${job}</a>`,
      conditionBadge(condition),
      last ? instant(last.endedAt) : html`none`,
      alarmText(alarm),
      html`${last ? figure(last.rows) : ''}`,
      html`${figure(rejects.open)}`,
    ]
  })
  return html`<section aria-labelledby="title-jobs">
    <h2 id="title-jobs">Jobs</h2>
    ${table('All jobs, with their last run', columns, rows)}
  </section>`
}

function strays(found: readonly StrayState[]): Markup {
  const rows = found.map(({ job, pendingBatches, pendingRows }) => [
    html`${job}`,
    html`${pendingBatches === null ? 'unreadable' : figure(pendingBatches)}`,
    html`${pendingRows === null ? '' : figure(pendingRows)}`,
  ])
  const names = [{ name: 'State' }, { name: 'Batches', number: true }, { name: 'Rows', number: true }]
  return html`<section aria-labelledby="title-strays">
    <h2 id="title-strays">State without a job</h2>
    <p>
      A job was removed or renamed, or its organisation is no longer linked. Batches that were not confirmed
      are not sent by anybody.
    </p>
    ${table('State without a job, with what it has not delivered', names, rows)}
  </section>`
}

/** No alert tells that the watchdog itself is silent: a person sees it here. */
function watchdog({ last, waiting, next }: WatchdogStatus): Markup {
  const tick =
    last === 'damaged'
      ? badge('bad', 'its file is damaged')
      : last
        ? html`${instant(last.endedAt)}: ${last.outcome}`
        : badge('warn', 'none yet')
  return html`<section aria-labelledby="title-watchdog">
    <h2 id="title-watchdog">Watchdog</h2>
    <dl>
      <dt>Last tick</dt>
      <dd>${tick}</dd>
      <dt>Next alarm</dt>
      <dd>${alarmText(next)}</dd>
      <dt>Messages</dt>
      <dd>${waiting === 0 ? 'none waits' : badge('warn', `${figure(waiting)} wait for their receiver`)}</dd>
    </dl>
  </section>`
}
