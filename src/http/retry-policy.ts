import { TransportError } from './http-client'
import { retryAfterMs } from './retry-after'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from './http-client'

export interface RetryPolicy {
  readonly clock: Clock
  /** 0 … 1 */
  readonly random: () => number
  /** Tries in all, the first included. */
  readonly tries: number
  /** From the first try to the last answer, waits included, in ms. */
  readonly budgetMs: number
  readonly firstDelayMs?: number
}

/** True for a failure that the same request would meet again. */
function isFinal({ reason }: TransportError): boolean {
  return reason === 'aborted' || reason === 'too-large'
}

/** True for an answer that may differ the next time. */
export function isPassing({ status }: HttpResponse): boolean {
  return status === 408 || status === 429 || status >= 500
}

/**
 * Repeats idempotent requests after a missing answer (unless it was too large), 408, 429 and 5xx: exponential backoff
 * with full jitter, at least as long as `Retry-After`. Returns the last answer, or throws the last error, when tries or
 * budget are used up.
 */
export function withRetries(http: HttpClient, policy: RetryPolicy): HttpClient {
  const { clock, random, tries, budgetMs, firstDelayMs = 500 } = policy

  return async function send(request: HttpRequest) {
    const endAt = clock.monotonic() + budgetMs
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = endAt - clock.monotonic()
      const outcome = await attemptOnce({
        ...request,
        timeoutMs: Math.max(1, Math.min(request.timeoutMs, leftMs)),
      })
      const last = attempt >= tries
      if ('status' in outcome && (last || !isPassing(outcome))) return outcome
      if (outcome instanceof TransportError && (last || isFinal(outcome))) throw outcome

      const asked = 'status' in outcome ? retryAfterMs(outcome.headers['retry-after'], clock.now()) : null
      const waitMs = asked ?? random() * firstDelayMs * 2 ** (attempt - 1)
      if (clock.monotonic() + waitMs >= endAt) {
        if ('status' in outcome) return outcome
        throw outcome
      }
      await clock.sleep(waitMs, request.signal)
    }
  }

  async function attemptOnce(request: HttpRequest): Promise<HttpResponse | TransportError> {
    try {
      return await http(request)
    } catch (error) {
      if (error instanceof TransportError) return error
      throw error
    }
  }
}
