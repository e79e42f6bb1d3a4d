import { html } from '../../web/html'
import type { Markup } from '../../web/html'
import type { Condition } from '../job-status'
import type { NextAlarm } from '../next-alarm'

/** What every part of the page needs to send a form, and to name what it shows. */
export interface PageContext {
  /** Address of the page, which its forms are sent to. */
  readonly url: string
  readonly formToken: string
  readonly tenant: string | null
}

export type Tone = 'good' | 'warn' | 'bad' | 'soft'

/** A word with a sign before it, so that no colour is needed to tell one from the other. */
export function badge(tone: Tone, word: string): Markup {
  const signs = { good: '✓', warn: '!', bad: '✕', soft: '–' }
  return html`<span class="badge ${tone}"><span aria-hidden="true">${signs[tone]} </span>${word}</span>`
}

const conditions: Readonly<Record<Condition, readonly [Tone, string]>> = {
  unreadable: ['bad', 'state unreadable'],
  faulty: ['bad', 'faulty definition'],
  'needs-a-person': ['warn', 'needs a person'],
  failed: ['bad', 'failed'],
  running: ['soft', 'running'],
  partial: ['warn', 'partial'],
  succeeded: ['good', 'succeeded'],
  'never-ran': ['soft', 'has not run yet'],
}

export function conditionBadge(condition: Condition): Markup {
  return badge(...conditions[condition])
}

/** @param at ISO 8601 in UTC */
export function instant(at: string): Markup {
  return html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`
}

/** When something is woken next. */
export function alarmText(alarm: NextAlarm): Markup {
  if (alarm.kind === 'at') return instant(alarm.at)
  return alarm.kind === 'none' ? badge('warn', 'no active alarm') : html`unknown: the platform did not say`
}

export function figure(value: number): string {
  return value.toLocaleString('en')
}

/** A table of fixed columns, which scrolls by itself where the screen is narrow. */
export function table(
  caption: string,
  columns: readonly { readonly name: string; readonly number?: boolean }[],
  rows: readonly (readonly Markup[])[],
): Markup {
  const heads = columns.map(
    ({ name, number }) => html`<th scope="col" class="${number ? 'number' : 'text'}">${name}</th>`,
  )
  const lines = rows.map((cells) => {
    const [first, ...others] = cells.map((cell, index) => ({ cell, number: columns[index]?.number }))
    const rest = others.map(
      ({ cell, number }) => html`<td class="${number ? 'number' : 'text'}">${cell}</td>`,
    )
    return html`<tr>
      <th scope="row">${first?.cell}</th>
      ${rest}
    </tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`
}

/** A button that sends a command to `run-job`. */
export function commandButton(
  { url, formToken, tenant }: PageContext,
  params: Readonly<Record<string, string>>,
  label: string,
  options: { readonly plain?: boolean; readonly describedBy?: string } = {},
): Markup {
  const fields = { do: 'run-job', token: formToken, ...params, ...(tenant === null ? {} : { tenant }) }
  const { plain = false, describedBy } = options
  const described = describedBy === undefined ? null : html` aria-describedby="${describedBy}"`
  return html`<form method="post" action="${url}">
    ${hidden(fields)}<button class="${plain ? 'plain' : 'full'}" ${described}>${label}</button>
  </form>`
}

export function hidden(fields: Readonly<Record<string, string>>): readonly Markup[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )
}
