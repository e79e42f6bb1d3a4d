import { JobError } from '../errors'
import { TransportError, decisionMaxBytes } from '../http/http-client'
import { withRetries } from '../http/retry-policy'
import { acceptedId, invocation } from './namespace'
import type { RetryPolicy } from '../http/retry-policy'
import type { HttpClient } from '../http/http-client'
import type { Namespace } from './namespace'

/**
 * Invokes an action of this package without waiting for it (OpenWhisk REST, answer 202). Retried after a 429 or a lost
 * answer: of two runs that are started, the second finds the lease held and ends.
 * @param policy clock, and random numbers for jitter
 * @returns the id of the activation
 * @throws JobError `action-unavailable`, which is harmless: the next alarm carries on
 */
export async function invokeAction(
  http: HttpClient,
  policy: Pick<RetryPolicy, 'clock' | 'random'>,
  namespace: Namespace,
  action: string,
  params: Readonly<Record<string, string | boolean>>,
): Promise<string> {
  const send = withRetries(http, { ...policy, tries: 3, budgetMs: 15_000 })
  const response = await send({
    ...invocation(namespace, action, params, { blocking: false }),
    timeoutMs: 10_000,
    maxBytes: decisionMaxBytes,
  }).catch((error: unknown) => {
    throw error instanceof TransportError ? unavailable(action, error.message) : error
  })
  const activation = acceptedId(response)
  if (activation !== null) return activation
  const { status } = response
  throw unavailable(action, status === 429 ? 'the namespace is full (HTTP 429)' : `HTTP ${status}`)
}

function unavailable(action: string, what: string): JobError {
  return new JobError(
    'action-unavailable',
    `${action} could not be invoked: ${what}.`,
    'Nothing to do: the next alarm carries on.',
  )
}
