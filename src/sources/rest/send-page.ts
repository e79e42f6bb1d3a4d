import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { quotaWaitMs } from '../../http/rate-limit'
import { createRequestBudget } from '../../http/request-budget'
import { retryAfterMs } from '../../http/retry-after'
import { actionFor } from './answer-rules'
import type { Signer } from '../authentication/request-authentication'
import type { HttpResponse } from '../../http/http-client'
import type { SourceContext } from '../source'
import type { AnswerAction, AnswerRule } from './answer-rules'
import type { PageRequest } from './page-request'
import type { RestSource } from './rest-options'

const tries = 4
const firstDelayMs = 500
const defaultRequestMs = 30_000
/** Budget of one page over all attempts, including the waits that the server asks for. */
const defaultPageMs = 55_000
const megabyte = 1024 * 1024

/** The last answer for a page. `failed` also stands for an answer that would have to be retried or renewed further. */
export type PageOutcome =
  | { readonly kind: 'answer'; readonly response: HttpResponse }
  | { readonly kind: 'failed'; readonly response: HttpResponse }
  | { readonly kind: 'skipped'; readonly response: HttpResponse }
  | { readonly kind: 'too-large'; readonly reason: string }

export type SendPage = (request: PageRequest, signal: AbortSignal) => Promise<PageOutcome>

type Attempt = HttpResponse | TransportError

/**
 * Sends the request for a page until its answer is final: within the budget of requests, with full-jitter back-off, as
 * long as `Retry-After` or a used-up quota says, and with a renewed credential once.
 * @throws JobError `source-unreachable`, or an error of the credential
 */
export function pageSender(
  definition: RestSource,
  context: SourceContext,
  { url, signer, rules }: { url: string; signer: Signer | null; rules: readonly AnswerRule[] },
): SendPage {
  const { http, clock, random } = context
  const { requestSeconds, pageSeconds, pageMegabytes } = definition.limits ?? {}
  const takeFromBudget = definition.budget ? createRequestBudget(definition.budget, clock) : null
  const pageMs = pageSeconds === undefined ? defaultPageMs : pageSeconds * 1000
  const requestMs = requestSeconds === undefined ? defaultRequestMs : requestSeconds * 1000
  const maxBytes = pageMegabytes === undefined ? {} : { maxBytes: pageMegabytes * megabyte }
  /** A quota that an earlier answer called used up; monotonic, ms. */
  let quotaFrom = 0

  async function attempt(request: PageRequest, timeoutMs: number, signal: AbortSignal): Promise<Attempt> {
    const signed = signer ? await signer.sign(request) : request
    try {
      const response = await http({ ...signed, timeoutMs, signal, ...maxBytes })
      const waitMs = quotaWaitMs(response.headers, clock.now())
      if (waitMs !== null) quotaFrom = clock.monotonic() + waitMs
      return response
    } catch (error) {
      if (error instanceof TransportError && error.reason !== 'aborted') return error
      throw error
    }
  }

  return async function sendPage(request, signal) {
    let endAt = clock.monotonic() + pageMs
    let renewed = false
    for (let attempts = 1; ; attempts += 1) {
      const quotaMs = quotaFrom - clock.monotonic()
      // A quota that is renewed too late for this page is not waited for: the server then answers with an error status.
      if (quotaMs > 0 && clock.monotonic() + quotaMs < endAt) await clock.sleep(quotaMs, signal)
      if (takeFromBudget) endAt += await takeFromBudget(signal)
      const leftMs = endAt - clock.monotonic()
      const outcome = await attempt(request, Math.max(1, Math.min(requestMs, leftMs)), signal)
      const action = actionOf(outcome, rules)
      if (action === 'renew' && !renewed && (await signer?.renew())) {
        renewed = true
        continue
      }
      const waitMs = action === 'retry' && attempts < tries ? waitAfter(outcome, attempts) : Infinity
      if (clock.monotonic() + waitMs >= endAt) return finalOutcome(outcome, action, url, definition)
      await clock.sleep(waitMs, signal)
    }
  }

  function waitAfter(outcome: Attempt, attempts: number): number {
    const backOffMs = random() * firstDelayMs * 2 ** (attempts - 1)
    if (outcome instanceof TransportError) return backOffMs
    const { headers } = outcome
    return retryAfterMs(headers['retry-after'], clock.now()) ?? quotaWaitMs(headers, clock.now()) ?? backOffMs
  }
}

function actionOf(outcome: Attempt, rules: readonly AnswerRule[]): AnswerAction {
  if (!(outcome instanceof TransportError)) return actionFor(outcome, rules)
  return outcome.reason === 'too-large' ? 'smaller' : 'retry'
}

function finalOutcome(
  outcome: Attempt,
  action: AnswerAction,
  url: string,
  definition: RestSource,
): PageOutcome {
  if (outcome instanceof TransportError) {
    if (outcome.reason !== 'too-large') throw unreachable(url, definition, outcome)
    return { kind: 'too-large', reason: 'has more bytes than fit into memory' }
  }
  if (action === 'smaller')
    return { kind: 'too-large', reason: `is HTTP ${outcome.status}: the page is too large` }
  if (action === 'take') return { kind: 'answer', response: outcome }
  return { kind: action === 'skip' ? 'skipped' : 'failed', response: outcome }
}

function unreachable(url: string, { baseUrl }: RestSource, cause: TransportError): JobError {
  return new JobError(
    'source-unreachable',
    `The source cannot be reached: ${cause.message}.`,
    `Check ${baseUrl.name}. The next run tries again from the last commit.`,
    { cause, details: { url } },
  )
}
