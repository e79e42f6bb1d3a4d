import * as z from 'zod'
import { JobError } from '../errors'
import { decisionMaxBytes } from '../http/http-client'
import type { HttpClient } from '../http/http-client'
import type { Runtime } from './params/runtime'

const Accepted = z.object({ activationId: z.string() })

/**
 * Invokes an action of this namespace without waiting for it (OpenWhisk REST, answer 202).
 * @param actionName `/namespace/package/action`
 * @returns the id of the activation
 * @throws JobError `unexpected`, TransportError; both harmless: the next alarm carries on
 */
export async function invokeAction(
  http: HttpClient,
  runtime: Runtime,
  actionName: string,
  params: Readonly<Record<string, string | boolean>>,
): Promise<string> {
  const [, namespace = '_', ...path] = actionName.split('/')
  const response = await http({
    method: 'POST',
    url: `${runtime.apiHost}/api/v1/namespaces/${namespace}/actions/${path.join('/')}?blocking=false`,
    headers: {
      authorization: `Basic ${Buffer.from(runtime.apiKey).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(params),
    timeoutMs: 10_000,
    maxBytes: decisionMaxBytes,
  })
  const accepted = response.status === 202 ? Accepted.safeParse(JSON.parse(response.body.toString())) : null
  if (!accepted?.success) {
    throw new JobError(
      'unexpected',
      `${actionName} could not be invoked: HTTP ${response.status}.`,
      'Nothing to do: the next alarm carries on.',
    )
  }
  return accepted.data.activationId
}
