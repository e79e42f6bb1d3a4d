import { answers } from './answers'
import { isAnnotated } from './entities'
import { overridesFinal, settled } from './invocation'
import { webReply } from './web-reply'
import type { LoggedRequest, Reply } from '../../emulator'
import type { Action } from './entities'
import type { Invoker } from './invocation'

type Params = Record<string, unknown>

/** Sent with every response, unless the action has `web-custom-options`. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH',
  'access-control-allow-headers': 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent',
}

/**
 * `/api/v1/web/{namespace}/{package}/{action}[.json|.http]{path}`: an HTTP request without authentication.
 * @see https://github.com/apache/openwhisk/blob/master/docs/webactions.md
 */
export async function webRoute(
  invoker: Invoker,
  request: LoggedRequest,
  [owner = '', file = '', ...path]: readonly string[],
): Promise<Reply> {
  const [, name = '', extension = 'http'] = /^(.*?)(?:\.(json|http))?$/.exec(file) ?? []
  const action = invoker.entities.actions.get(`${owner}/${name}`)
  if (!action || !isAnnotated(action, 'web-export')) return answers.missing
  const headers = isAnnotated(action, 'web-custom-options') ? {} : cors
  const reply =
    request.method === 'OPTIONS' && headers === cors
      ? { status: 200 }
      : await answer(invoker, action, request, path, extension)
  return { ...reply, headers: { ...headers, ...reply.headers } }
}

async function answer(
  { entities, activations, clock }: Invoker,
  action: Action,
  request: LoggedRequest,
  path: readonly string[],
  extension: string,
): Promise<Reply> {
  const raw = isAnnotated(action, 'raw-http')
  const sent = raw ? {} : { ...queryOf(request), ...bodyOf(request) }
  if (Object.keys(sent).some((key) => key.startsWith('__ow_')) || overridesFinal(entities, action, sent))
    return answers.parametersNotAllowed
  const started = activations.start(action, {
    __ow_method: request.method.toLowerCase(),
    __ow_headers: request.headers,
    __ow_path: path.length === 0 ? '' : `/${path.join('/')}`,
    ...(raw ? rawOf(request) : sent),
  })
  const activation = await settled(started, clock)
  if (!activation) return { status: 202, body: { error: 'Response not yet ready.', code: 'emulated' } }
  const reply = webReply(activation.response, extension)
  return { ...reply, headers: { 'x-openwhisk-activation-id': started.activationId, ...reply.headers } }
}

function queryOf({ url }: LoggedRequest): Params {
  return Object.fromEntries(new URL(url, 'http://web').searchParams)
}

/** A JSON object or a form becomes parameters; any other body is passed on unparsed. */
function bodyOf(request: LoggedRequest): Params {
  const { headers, body } = request
  const type = headers['content-type'] ?? ''
  if (body.length === 0) return {}
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(body.toString()))
  const parsed = type.startsWith('application/json') ? (JSON.parse(body.toString()) as unknown) : null
  return typeof parsed === 'object' && parsed !== null ? (parsed as Params) : rawOf(request)
}

/** OpenWhisk encodes binary and JSON bodies as base64. */
function rawOf({ url, headers, body }: LoggedRequest): Params {
  const isText = /^(text\/|application\/x-www-form)/.test(headers['content-type'] ?? 'text/')
  return {
    __ow_query: new URL(url, 'http://web').search.slice(1),
    __ow_body: body.toString(isText ? 'utf8' : 'base64'),
  }
}
