import type { WebResponse } from './define-web-action'

export interface WebPage {
  readonly statusCode: number
  readonly title: string
  readonly paragraphs: readonly string[]
}

/**
 * The address of these pages contains codes and tokens: it must not be cached, or sent to another site as a referrer.
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** A page that a person can read. All text is escaped. */
export function webPage({ statusCode, title, paragraphs }: WebPage): WebResponse {
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style></head>
<body><h1>${escaped(title)}</h1>
${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
</body></html>`
  return { statusCode, headers, body }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
