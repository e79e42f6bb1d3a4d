import { JobError } from '../errors'
import type { HttpClient } from '../http/http-client'
import type { Runtime } from './runtime'

/**
 * Invokes an action of this namespace without waiting for it (OpenWhisk REST, answer 202).
 * @param actionName `/namespace/package/action`
 * @throws JobError `unexpected`, TransportError; both harmless: the next alarm carries on
 */
export async function invokeAction(
  http: HttpClient,
  runtime: Runtime,
  actionName: string,
  params: Readonly<Record<string, string>>,
): Promise<void> {
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
  })
  if (response.status !== 202) {
    throw new JobError(
      'unexpected',
      `${actionName} could not be invoked: HTTP ${response.status}.`,
      'Nothing to do: the next alarm carries on.',
    )
  }
}
