import type { Alert } from '../alert'
import type { Letter } from '../webhook'

const signs: Readonly<Record<Alert['change'], string>> = {
  appeared: ':red_circle:',
  recovered: ':large_green_circle:',
  test: ':white_circle:',
}

/**
 * A message for an incoming webhook of Slack. `text` is what notifications show; `verbatim` keeps Slack from making
 * links of words.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackMessage({ id, at, change, title, text, remedy }: Alert): Letter {
  const blocks = [
    section(`${signs[change]} *${escaped(title)}*`),
    section(escaped(text)),
    ...(remedy === '' ? [] : [section(escaped(`→ ${remedy}`))]),
    { type: 'context', elements: [markdown(escaped(`${at} · ${id}`))] },
  ]
  return { body: JSON.stringify({ text: escaped(title), blocks }), headers: {} }
}

function section(text: string): object {
  return { type: 'section', text: markdown(text) }
}

function markdown(text: string): object {
  return { type: 'mrkdwn', verbatim: true, text }
}

/**
 * Slack reads these three characters as markup: `<!channel>` would wake everybody.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
