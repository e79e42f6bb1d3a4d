import { createHash } from 'node:crypto'
import { html, markupText, verbatim } from './html'
import { stylesheet } from './stylesheet'
import type { WebResponse } from './define-web-action'
import type { Markup } from './html'

export interface Page {
  readonly statusCode: number
  readonly title: string
  /** The content of `body`, with its landmarks. */
  readonly body: Markup
  /**
   * `none`: the page has no form, and its address holds codes or tokens, which no other site may learn. `own`: it posts
   * to its own origin, and the browser must say so in `Origin`, which `no-referrer` would blank (Fetch, "append a
   * request Origin header").
   */
  readonly forms: 'none' | 'own'
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** Beside the template, which may be indented: the hash is of every character between the tags. */
const style = verbatim(`<style>${stylesheet}</style>`)
/** By its hash the browser accepts exactly this stylesheet: no other style and no script runs. */
const styleHash = createHash('sha256').update(stylesheet).digest('base64')

/** The frame that all pages share: self-contained, with nothing to load. */
export function pageFrame({ statusCode, title, body, forms, headers = {} }: Page): WebResponse {
  const target = forms === 'own' ? "'self'" : "'none'"
  return {
    statusCode,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': forms === 'own' ? 'same-origin' : 'no-referrer',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action ${target}; frame-ancestors 'none'`,
      ...headers,
    },
    body: `<!doctype html>\n${markupText(
      html`<html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title}</title>
          ${style}
        </head>
        <body>
          ${body}
        </body>
      </html>`,
    )}`,
  }
}
