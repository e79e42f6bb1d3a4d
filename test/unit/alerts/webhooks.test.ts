import { createHmac } from 'node:crypto'
import { alertOf, testAlert } from '../../../src/alerts/alert'
import { signatureOf, signedMessages } from '../../../src/alerts/webhooks/signed'
import { slackMessage } from '../../../src/alerts/webhooks/slack'
import { teamsMessage } from '../../../src/alerts/webhooks/teams'
import type { Alert } from '../../../src/alerts/alert'
import type { Condition } from '../../../src/alerts/condition'

const alert: Alert = {
  id: 'id-1',
  at: '2026-11-21T00:00:00.000Z',
  change: 'appeared',
  condition: 'failed',
  name: 'orders',
  title: 'orders: a run failed: source-refused',
  text: 'The source said <!channel> & [more](https://evil.example).',
  remedy: 'Check it.',
}
const parse = (body: string): unknown => JSON.parse(body)

it('a message for Slack escapes the three characters of its markup, so no text of a server notifies a channel', () => {
  const { body } = slackMessage(alert)

  expect(body).not.toMatch(/<|>|&(?!amp;|lt;|gt;)/)
  expect(parse(body)).toEqual({
    text: 'orders: a run failed: source-refused',
    blocks: [
      section(':red_circle: *orders: a run failed: source-refused*'),
      section('The source said &lt;!channel&gt; &amp; [more](https://evil.example).'),
      section('→ Check it.'),
      { type: 'context', elements: [markdown('2026-11-21T00:00:00.000Z · id-1')] },
    ],
  })
})

const markdown = (text: string) => ({ type: 'mrkdwn', verbatim: true, text })
const section = (text: string) => ({ type: 'section', text: markdown(text) })

it('a message for Teams is an Adaptive Card of plain text: no block reads Markdown', () => {
  const message = parse(teamsMessage(alert).body) as {
    attachments: { content: { body: { type: string }[] } }[]
  }

  expect(message).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { inlines: [{ type: 'TextRun', text: alert.title }] },
            { inlines: [{ text: alert.text }] },
            {},
            {},
          ],
        },
      },
    ],
  })
  const types = message.attachments[0]?.content.body.map(({ type }) => type)
  expect(new Set(types)).toEqual(new Set(['RichTextBlock']))
})

it('a message without a remedy has no empty block', () => {
  const test = testAlert('id-2', 0)

  expect(slackMessage(test).body).not.toContain('→')
  expect(teamsMessage(test).body).not.toContain('→')
})

describe('a signed message', () => {
  // The example of the Standard Webhooks libraries.
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')

  it('has the signature of Standard Webhooks', () => {
    expect(signatureOf(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  it('signs its id, the time of the request in seconds, and exactly the body that is sent', () => {
    const { body, headers } = signedMessages(key)(alert, 1_614_265_330_999)

    const digest = createHmac('sha256', key).update(`id-1.1614265330.${body}`).digest('base64')
    expect(headers).toEqual({ 'webhook-timestamp': '1614265330', 'webhook-signature': `v1,${digest}` })
    expect(parse(body)).toMatchObject({
      type: 'failed.appeared',
      timestamp: alert.at,
      data: { name: 'orders', title: alert.title, text: alert.text, remedy: alert.remedy },
    })
  })
})

describe('the message about a change', () => {
  const facts = { id: 'id-1', name: 'orders', storeNow: Date.UTC(2026, 10, 21) }
  const condition: Condition = {
    ...{ kind: 'failed', subjects: ['x'], title: 'a run failed: x', remedy: 'Check it.' },
    text: `s3cret\u001b[31m ${'long '.repeat(500)}`,
  }
  const redact = (text: string) => text.replaceAll('s3cret', '[redacted]')

  it('has texts without secrets and control characters, cut to what chat services take', () => {
    const { text, title } = alertOf({ kind: 'appeared', condition }, facts, redact)

    expect(title).toBe('orders: a run failed: x')
    expect(text).toMatch(/^\[redacted\] \[31m long /)
    expect(text).toHaveLength(580)
  })

  it('stays within the limits of a block of Slack also where every character is escaped', () => {
    const worst = { ...condition, text: '&'.repeat(5_000), remedy: '&'.repeat(5_000) }
    const { body } = slackMessage(alertOf({ kind: 'appeared', condition: worst }, facts, redact))

    const { blocks } = parse(body) as { blocks: { text?: { text: string } }[] }
    const lengths = blocks.map(({ text }) => text?.text.length ?? 0)
    expect(Math.max(...lengths)).toBeGreaterThan(2_500)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3_000)
  })

  it('of a recovery says since when it had been so', () => {
    expect(alertOf({ kind: 'recovered', of: 'held', since: 0 }, facts, redact)).toMatchObject({
      change: 'recovered',
      condition: 'held',
      title: 'orders: no batch is held any more',
      text: expect.stringContaining('1970-01-01T00:00:00.000Z') as string,
    })
  })
})
