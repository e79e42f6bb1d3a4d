import type { Alert } from '../alert'
import type { Letter } from '../webhook'

const colors: Readonly<Record<Alert['change'], string>> = {
  appeared: 'Attention',
  recovered: 'Good',
  test: 'Default',
}

/**
 * A message for the workflow "When a Teams webhook request is received": an Adaptive Card. Runs of a RichTextBlock are
 * plain text, while a TextBlock would read Markdown, links included, in texts of other systems.
 * @see https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export function teamsMessage({ id, at, change, title, text, remedy }: Alert): Letter {
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      plain(title, { weight: 'Bolder', size: 'Medium', color: colors[change] }),
      plain(text),
      ...(remedy === '' ? [] : [plain(`→ ${remedy}`)]),
      plain(`${at} · ${id}`, { isSubtle: true, size: 'Small' }),
    ],
  }
  const attachment = {
    contentType: 'application/vnd.microsoft.card.adaptive',
    contentUrl: null,
    content: card,
  }
  return { body: JSON.stringify({ type: 'message', attachments: [attachment] }), headers: {} }
}

function plain(text: string, style: object = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] }
}
