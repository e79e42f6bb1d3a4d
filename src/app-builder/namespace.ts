import * as z from 'zod'
import { withoutControls } from '../http/foreign-text'
import { parseJson } from '../http/json'
import type { HttpRequest, HttpResponse } from '../http/http-client'
import type { Runtime } from './params/runtime'

/** The namespace and the package of the deployed actions, with the key that may invoke them. */
export interface Namespace {
  readonly apiHost: string
  readonly name: string
  readonly packageName: string
  /** `uuid:key`; secret. */
  readonly auth: string
}

const Accepted = z.object({ activationId: z.string() })

/** The namespace in which this action runs. */
export function ownNamespace({ apiHost, apiKey, actionName }: Runtime): Namespace {
  const [, name = '_', packageName = ''] = actionName.split('/')
  return { apiHost, name, packageName, auth: apiKey }
}

/**
 * A request that invokes an action of the package: OpenWhisk REST, `POST /namespaces/{name}/actions/{package}/{action}`.
 * Adobe stores no record of a blocking invocation that succeeds, unless the header asks for it: after the minute that a
 * blocking call may take, the end of a longer run could not be known.
 * @see https://developer.adobe.com/runtime/docs/guides/using/logging_monitoring
 */
export function invocation(
  namespace: Namespace,
  action: string,
  params: object,
  { blocking }: { readonly blocking: boolean },
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  return {
    method: 'POST',
    url: `${urlOf(namespace)}/actions/${namespace.packageName}/${action}?blocking=${blocking}`,
    headers: {
      ...authorization(namespace),
      'content-type': 'application/json',
      ...(blocking ? { 'x-ow-extra-logging': 'on' } : {}),
    },
    body: JSON.stringify(params),
  }
}

/** A request for the record of an activation, which answers 404 until the activation has ended. */
export function activationRecord(
  namespace: Namespace,
  activation: string,
): Pick<HttpRequest, 'method' | 'url' | 'headers'> {
  const url = `${urlOf(namespace)}/activations/${encodeURIComponent(activation)}`
  return { method: 'GET', url, headers: authorization(namespace) }
}

/** A request for the names and annotations of triggers. */
export function triggerList(
  namespace: Namespace,
  { limit, skip }: { readonly limit: number; readonly skip: number },
): Pick<HttpRequest, 'method' | 'url' | 'headers'> {
  const url = `${urlOf(namespace)}/triggers?limit=${limit}&skip=${skip}`
  return { method: 'GET', url, headers: authorization(namespace) }
}

/** A request for one trigger, with its parameters and rules. */
export function triggerRecord(
  namespace: Namespace,
  name: string,
): Pick<HttpRequest, 'method' | 'url' | 'headers'> {
  const url = `${urlOf(namespace)}/triggers/${encodeURIComponent(name)}`
  return { method: 'GET', url, headers: authorization(namespace) }
}

/** The id of an activation that was accepted (202) and has not ended. */
export function acceptedId({ status, body }: HttpResponse): string | null {
  return status === 202 ? (Accepted.safeParse(parseJson(body)).data?.activationId ?? null) : null
}

/**
 * The error with which the platform ended an activation that left no result of its own (time, memory, size of the
 * result): a text, where the error of an action is an object. Null for every other result.
 */
export function platformError({ error }: { readonly error?: unknown }): string | null {
  return typeof error === 'string' ? withoutControls(error) : null
}

function urlOf({ apiHost, name }: Namespace): string {
  return `${apiHost}/api/v1/namespaces/${encodeURIComponent(name)}`
}

function authorization({ auth }: Namespace): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }
}
