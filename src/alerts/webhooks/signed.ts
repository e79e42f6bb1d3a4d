import { createHmac } from 'node:crypto'
import type { Alert } from '../alert'
import type { Letter, Template } from '../webhook'

/**
 * A signed message for any other receiver, by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`. The timestamp
 * is that of the request, so that a receiver can refuse old ones; a repeated message keeps its id.
 * @param key the secret, decoded
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedMessages(key: Buffer): Template {
  return function signed(alert, now): Letter {
    const { id, at, change, condition, ...data } = alert
    const type = `${condition ?? 'watchdog'}.${change}`
    const body = JSON.stringify({ type, timestamp: at, data: { ...data, change, condition } })
    const timestamp = String(Math.floor(now / 1000))
    return {
      body,
      headers: { 'webhook-timestamp': timestamp, 'webhook-signature': signatureOf(key, id, timestamp, body) },
    }
  }
}

export function signatureOf(key: Buffer, id: Alert['id'], timestamp: string, body: string): string {
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return `v1,${digest}`
}
