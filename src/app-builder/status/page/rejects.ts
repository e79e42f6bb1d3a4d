import { html } from '../../web/html'
import { commandButton, figure, instant } from './elements'
import type { Markup } from '../../web/html'
import type { JobStatus } from '../job-status'
import type { RejectReason } from '../open-rejects'
import type { PageContext } from './elements'

/** Open rejects by reason, with the newest records of each; null where there are none. */
export function rejectsPart(context: PageContext, { job, rejects }: JobStatus): Markup | null {
  const { open, expires, reasons, unread, fault } = rejects
  if (open === 0) return null
  const ids = { replay: `replay-${job}`, drop: `drop-rejects-${job}` }
  const replay = { job, resolve: 'rejects', as: 'resend' }
  const drop = { job, resolve: 'rejects', as: 'drop' }
  return html`<h3>Rejects: ${figure(open)} open</h3>
    <p>
      Records that could not become
      rows.${expires === null ? null : html` The oldest are given up ${instant(expires)}.`}${
        unread > 0 ? ` ${figure(unread)} lie in older files, which are not shown.` : ''
      }
      What looks like an e-mail address or a phone number is left out here; the files in App Builder Files
      hold the whole records.
    </p>
    ${fault === null ? null : html`<p class="bad">${fault}</p>`} ${reasons.map(reasonPart)}
    <ul class="choices">
      <li>
        ${commandButton(context, replay, 'Try them again', { plain: true, describedBy: ids.replay })}<span
          id="${ids.replay}"
          >after the schema or mapping was corrected and deployed; each is sent once</span
        >
      </li>
      <li>
        ${commandButton(context, drop, 'Drop them', { plain: true, describedBy: ids.drop })}<span
          id="${ids.drop}"
          >gives all of them up; they are sent only if their content changes</span
        >
      </li>
    </ul>`
}

function reasonPart({ code, count, records }: RejectReason): Markup {
  const shown = records.map(
    ({ path, message, record }) =>
      html`<p>${path === '' ? null : html`<code>${path}</code>: `}${message}</p>
        <pre>${record}</pre>`,
  )
  const summary = `${code}: ${figure(count)}`
  return html`<details>
    <summary>${summary}</summary>
    ${records.length < count ? html`<p class="soft">The newest ${records.length} of ${figure(count)}.</p>` : null}${shown}
  </details>`
}
