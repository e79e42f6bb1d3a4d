import { html } from '../../web/html'
import { pageFrame } from '../../web/page-frame'
import { sessionHours } from '../sessions'
import { hidden } from './elements'
import type { WebResponse } from '../../web/define-web-action'
import type { Invited } from '../commands'

/** The page that a link leads to: its button uses the link up. */
export function openPage(link: string, action: string): WebResponse {
  const body = html`<main class="message">
    <h1>Status of the jobs</h1>
    <p>This link opens the page once. It stays open in this browser for ${sessionHours} hours.</p>
    <form method="post" action="${action}">${hidden({ link })}<button>Open the page</button></form>
  </main>`
  return pageFrame({ statusCode: 200, title: 'Status of the jobs', body, forms: 'own' })
}

/** The invitation that a person has asked for. */
export function invitedPage({ link, next }: Invited, back: string): WebResponse {
  const body = html`<main class="message">
    <h1>The invitation is ready</h1>
    <p>${next}</p>
    <pre>${link}</pre>
    <p><a class="button" href="${link}">Open it here</a></p>
    <p><a href="${back}">Back to the jobs</a></p>
  </main>`
  return pageFrame({ statusCode: 200, title: 'The invitation is ready', body, forms: 'own' })
}
