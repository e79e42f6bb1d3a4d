import * as z from 'zod'
import { JobError } from '../errors'
import { decisionMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import { withRetries } from '../http/retry-policy'
import type { RetryPolicy } from '../http/retry-policy'
import type { HttpClient } from '../http/http-client'
import type { Runtime } from './params/runtime'

const Accepted = z.object({ activationId: z.string() })

/**
 * Invokes an action of this package without waiting for it (OpenWhisk REST, answer 202). Retried after a 429 or a lost
 * answer: of two runs that are started, the second finds the lease held and ends.
 * @param policy clock, and random numbers for jitter
 * @returns the id of the activation
 * @throws JobError `unexpected`, TransportError; both harmless: the next alarm carries on
 */
export async function invokeAction(
  http: HttpClient,
  policy: Pick<RetryPolicy, 'clock' | 'random'>,
  { apiHost, apiKey, actionName }: Runtime,
  action: string,
  params: Readonly<Record<string, string | boolean>>,
): Promise<string> {
  const send = withRetries(http, { ...policy, tries: 3, budgetMs: 15_000 })
  const [, namespace = '_', pkg = ''] = actionName.split('/')
  const response = await send({
    method: 'POST',
    url: `${apiHost}/api/v1/namespaces/${namespace}/actions/${pkg}/${action}?blocking=false`,
    headers: {
      authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(params),
    timeoutMs: 10_000,
    maxBytes: decisionMaxBytes,
  })
  const accepted = Accepted.safeParse(parseJson(response.body)).data
  if (response.status === 202 && accepted) return accepted.activationId
  throw new JobError(
    'unexpected',
    `${action} could not be invoked: HTTP ${response.status}.`,
    'Nothing to do: the next alarm carries on.',
    { details: { action, status: response.status } },
  )
}
