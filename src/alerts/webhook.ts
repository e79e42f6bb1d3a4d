import { JobError } from '../errors'
import { foreignText } from '../http/foreign-text'
import { TransportError, decisionMaxBytes } from '../http/http-client'
import { retryAfterMs } from '../http/retry-after'
import type { Clock } from '../clock'
import type { HttpClient, HttpResponse } from '../http/http-client'
import type { Alert } from './alert'

/** A message in the form that a receiver takes. */
export interface Letter {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The form of a receiver's messages. @param now wall clock, ms since the epoch */
export type Template = (alert: Alert, now: number) => Letter

/**
 * `refused`: the receiver does not take it, and `all` says whether it would take any other. `unanswered`: it may have
 * arrived or not.
 */
export type Telling =
  | { readonly kind: 'told' }
  | { readonly kind: 'throttled'; readonly waitMs: number }
  | { readonly kind: 'refused'; readonly all: boolean; readonly error: JobError }
  | { readonly kind: 'unanswered'; readonly error: JobError }

export type Tell = (alert: Alert) => Promise<Telling>

export interface WebhookOptions {
  /** A secret: no text may quote it, not even its path. */
  readonly url: string
  readonly template: Template
  readonly http: HttpClient
  readonly clock: Clock
  readonly redact: (text: string) => string
}

export const tellTimeoutMs = 10_000
/** A receiver that throttles without saying for how long. */
const silentWaitMs = 60_000
const longestWaitMs = 60 * 60_000
/** Answers about the message, not about the webhook: another message may be taken. */
const aboutTheMessage: ReadonlySet<number> = new Set([400, 413, 422])

/** Sends messages to a webhook, one request each, without redirects. */
export function openWebhook({ url, template, http, clock, redact }: WebhookOptions): Tell {
  return async function tell(alert) {
    const { body, headers } = template(alert, clock.now())
    try {
      const response = await http({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'webhook-id': alert.id, ...headers },
        body,
        timeoutMs: tellTimeoutMs,
        maxBytes: decisionMaxBytes,
      })
      return tellingOf(response, clock.now(), redact)
    } catch (error) {
      if (error instanceof TransportError) return { kind: 'unanswered', error: unanswered(error.reason) }
      throw error
    }
  }
}

/** @param now wall clock, ms since the epoch */
function tellingOf(response: HttpResponse, now: number, redact: (text: string) => string): Telling {
  const { status, headers } = response
  if (status >= 200 && status < 300) return { kind: 'told' }
  const asked = retryAfterMs(headers['retry-after'], now)
  if (status === 429 || (status === 503 && asked !== null)) {
    return { kind: 'throttled', waitMs: Math.min(asked ?? silentWaitMs, longestWaitMs) }
  }
  if (status >= 500 || status === 408) return { kind: 'unanswered', error: unanswered(`HTTP ${status}`) }
  return { kind: 'refused', all: !aboutTheMessage.has(status), error: refused(response, redact) }
}

function unanswered(reason: string): JobError {
  return new JobError(
    'webhook-unreachable',
    `The webhook for alerts gave no usable answer: ${reason}.`,
    'Nothing is lost: the next tick of the watchdog sends the message again, with the same id.',
  )
}

function refused({ status, body }: HttpResponse, redact: (text: string) => string): JobError {
  const said = foreignText(body.toString('utf8'), { redact })
  const redirect = status < 400 ? ' A redirect is not followed.' : ''
  return new JobError(
    'webhook-refused',
    `The webhook for alerts refused a message: HTTP ${status}${said === '' ? '' : `, ${said}`}.${redirect}`,
    'Check ALERT_WEBHOOK_URL and ALERT_WEBHOOK_KIND, deploy, and try it: aio rt action invoke analytics-ingest/watchdog --param test true --result. The message is kept until then.',
    { details: { status } },
  )
}
