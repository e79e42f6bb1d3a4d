import { answers } from './answers'
import type { Reply } from '../../emulator'
import type { ActivationResponse } from './activation'

interface HttpResult {
  readonly statusCode?: unknown
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: string | object | null
}

/** The HTTP response for a web action's result `{ statusCode, headers, body }`, which may also be its `error`. */
export function webReply({ status, result }: ActivationResponse, extension: string): Reply {
  if (status !== 'success' && status !== 'application error')
    return answers.badRequest('There was an error processing your request.')
  const asked = status === 'success' ? result : (result as { error: unknown }).error
  if (typeof asked !== 'object' || asked === null)
    return answers.badRequest("Response is not valid 'message/http'.")
  return extension === 'json' ? { status: 200, body: asked } : asHttp(asked)
}

function asHttp({ statusCode, headers = {}, body }: HttpResult): Reply {
  // A list is sent as one header for each value, which is the only way to set two cookies.
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  )
  if (body === undefined || body === null || body === '')
    return { status: Number(statusCode ?? 204), headers: sent }
  const status = Number(statusCode ?? 200)
  if (typeof body === 'object') return { status, headers: sent, body }
  const type = String(sent['content-type'] ?? 'text/html; charset=UTF-8')
  const isText = /^text\/|json|xml|javascript|x-www-form/.test(type)
  return {
    status,
    headers: { ...sent, 'content-type': type },
    body: isText ? body : Buffer.from(body, 'base64'),
  }
}
