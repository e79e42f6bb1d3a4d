import { httpStatusOf } from './http-status'
import { html } from './html'
import { pageFrame } from './page-frame'
import type { JobError } from '../../errors'
import type { WebResponse } from './define-web-action'

export interface WebPage {
  readonly statusCode: number
  readonly title: string
  readonly paragraphs: readonly string[]
}

/** A page with a message for a person. All text is escaped. */
export function webPage({ statusCode, title, paragraphs }: WebPage): WebResponse {
  const texts = paragraphs.map((text) => html`<p>${text}</p>`)
  const body = html`<main class="message">
    <h1>${title}</h1>
    ${texts}
  </main>`
  return pageFrame({ statusCode, title, body, forms: 'none' })
}

/** An error as a page. */
export function errorPage(error: JobError, title = 'This did not work'): WebResponse {
  return webPage({ statusCode: httpStatusOf(error), title, paragraphs: [error.message, error.remedy] })
}
