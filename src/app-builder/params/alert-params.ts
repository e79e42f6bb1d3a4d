import * as z from 'zod'
import { AlertSettings } from '../../alerts/settings'
import { parseJson } from '../../http/json'
import { JobError } from '../../errors'
import { invalidInput, parseInput } from './parse-inputs'
import { flag, invalidParam, readRequest } from './request'
import type { Redactor } from '../../http/redact'

type Params = Readonly<Record<string, unknown>>

/** The parameters of `watchdog`: an alarm gives none. */
export const WatchParams = z.strictObject({
  /** Shows what is known, and changes nothing. */
  inspect: flag.default(false),
  /** Also sends a test message. */
  test: flag.default(false),
})
export type WatchParams = z.infer<typeof WatchParams>

/** @throws JobError `params-invalid` */
export function readWatchParams(params: Params): WatchParams {
  const asked = readRequest(WatchParams, params)
  if (!asked.inspect || !asked.test) return asked
  throw invalidParam('test', 'has no effect beside "inspect", which sends nothing', '--param test true')
}

/** `ALERTS`: an object of the manifest, or JSON. @throws JobError `input-invalid` */
export function readAlertSettings({ ALERTS: given }: Params): AlertSettings {
  if (given === undefined || given === '') return AlertSettings.parse({})
  const value = typeof given === 'string' ? parseJson(given) : given
  if (value === undefined) throw invalidInput('ALERTS', 'is not JSON')
  return parseInput(AlertSettings, value, (path) => (path === '' ? 'ALERTS' : `ALERTS.${path}`))
}

/** Where messages go, and in which form. */
export type WebhookInputs =
  | { readonly kind: 'slack' | 'teams'; readonly url: string }
  | { readonly kind: 'generic'; readonly url: string; readonly key: Buffer }

const kinds = z.enum(['slack', 'teams', 'generic'], { error: 'must be slack, teams or generic' })
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The webhook; null where none is configured. The redactor learns the parts of its URL, each of which may be the secret.
 * No error quotes the URL.
 * @throws JobError `input-missing`, `input-invalid`
 */
export function readWebhook(params: Params, redactor: Pick<Redactor, 'add'>): WebhookInputs | null {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: kind, ALERT_WEBHOOK_SECRET: secret } = params
  if (isUnset(url) && isUnset(kind) && isUnset(secret)) return null
  if (isUnset(url)) throw missing('ALERT_WEBHOOK_URL')
  if (isUnset(kind)) throw missing('ALERT_WEBHOOK_KIND')
  const place = readUrl(url, redactor)
  const named = parseInput(kinds, kind, () => 'ALERT_WEBHOOK_KIND')
  if (named !== 'generic') {
    if (isUnset(secret)) return { kind: named, url: place }
    throw invalidInput('ALERT_WEBHOOK_SECRET', `signs messages of the kind generic, and not of ${named}`)
  }
  if (isUnset(secret)) throw missing('ALERT_WEBHOOK_SECRET')
  return { kind: named, url: place, key: readKey(secret) }
}

function readUrl(value: unknown, { add }: Pick<Redactor, 'add'>): string {
  if (typeof value !== 'string' || !URL.canParse(value))
    throw invalidInput('ALERT_WEBHOOK_URL', 'is not a URL')
  const url = new URL(value)
  for (const part of [value, url.href, ...secretsIn(url)]) add(part)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.has(url.hostname)))
    throw invalidInput('ALERT_WEBHOOK_URL', 'must be https (http is accepted for loopback hosts only)')
  if (url.username !== '' || url.password !== '')
    throw invalidInput('ALERT_WEBHOOK_URL', 'must hold neither user nor password')
  return url.href
}

/** Segments and values that look like ids or keys: words such as `workflows` are not secret. */
function secretsIn({ pathname, searchParams }: URL): readonly string[] {
  const parts = [...pathname.split('/'), ...searchParams.values()]
  return parts.filter((part) => part.length >= 20 || (part.length >= 8 && /\d/.test(part)))
}

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes. */
function readKey(value: unknown): Buffer {
  const text = typeof value === 'string' ? value.trim().replace(/^whsec_/, '') : ''
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
  if (key.length >= 24 && key.length <= 64) return key
  throw invalidInput(
    'ALERT_WEBHOOK_SECRET',
    'must be the base64 of 24 to 64 random bytes (openssl rand -base64 32), with or without whsec_ before it',
  )
}

/** App Builder turns an unset `$VAR` into ''. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === ''
}

function missing(name: string): JobError {
  return new JobError(
    'input-missing',
    `The input ${name} is not set, and other inputs of the webhook for alerts are.`,
    `Set ${name} in .env, keep it under inputs of watchdog in ext.config.yaml, and deploy again.`,
    { details: { input: name } },
  )
}
