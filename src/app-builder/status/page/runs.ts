import { html } from '../../web/html'
import { figure, instant, table } from './elements'
import type { Markup } from '../../web/html'
import type { RunReport } from '../../../state/run-report'
import type { JobStatus } from '../job-status'
import type { DayRows } from '../rows-by-day'

const columns = [
  { name: 'Ended' },
  { name: 'Outcome' },
  { name: 'Records', number: true },
  { name: 'Rows', number: true },
  { name: 'Rejects', number: true },
  { name: 'Confirmed', number: true },
  { name: 'Notes' },
]

/** The last runs of a job, and their rows per day. */
export function runsPart({ job, runs, days }: JobStatus): Markup | null {
  if (runs.length === 0) return null
  const caption = `Last ${runs.length} runs of ${job}`
  return html`${days.length > 0 ? chart(job, days) : null}
    <details>
      <summary>Last runs</summary>
      ${table(caption, columns, runs.map(runCells))}
    </details>`
}

function runCells(run: RunReport): readonly Markup[] {
  const texts = [...(run.error ? [run.error.message, run.error.remedy] : []), ...run.notes]
  return [
    instant(run.endedAt),
    html`${run.outcome}${run.reason === undefined ? '' : ` (${run.reason})`}`,
    ...[run.records, run.rows, run.rejects, run.confirmed].map((value) => html`${figure(value)}`),
    html`${texts.map((text) => html`<p>${text}</p>`)}`,
  ]
}

const [barWidth, gap, height] = [20, 4, 96]

/** One bar for each day; the figures stand in the description as well. */
function chart(job: string, days: readonly DayRows[]): Markup {
  const most = Math.max(1, ...days.map(({ rows }) => rows))
  const bars = days.map(({ day, rows }, index) => {
    const tall = rows === 0 ? 0 : Math.max(2, Math.round((rows / most) * (height - 8)))
    const place = `${index * (barWidth + gap) + gap}`
    return html`<rect class="bar" x="${place}" y="${height - tall}" width="${barWidth}" height="${tall}"
      ><title>${day}: ${figure(rows)} rows</title></rect
    >`
  })
  const width = Math.max(days.length, 21) * (barWidth + gap) + gap
  const [first, last] = [days[0]?.day, days.at(-1)?.day]
  const total = days.reduce((sum, { rows }) => sum + rows, 0)
  const said = `${job}: ${days.map(({ day, rows }) => `${day} ${figure(rows)} rows`).join(', ')}`
  return html`<figure>
    <figcaption>
      Rows per day: ${figure(total)} in ${figure(days.length)} ${days.length === 1 ? 'day' : 'days'}, at most
      ${figure(Math.max(...days.map(({ rows }) => rows)))} a day
    </figcaption>
    <svg role="img" aria-label="${said}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">
      ${bars}
    </svg>
    <div class="ends"><span>${first}</span><span>${first === last ? '' : last}</span></div>
  </figure>`
}
