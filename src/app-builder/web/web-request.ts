import * as z from 'zod'
import { JobError } from '../../errors'
import type { ActionParams } from '../platform'

/** An HTTP request, as a raw web action receives it: its values are not mixed with the action's inputs. */
export interface WebRequest {
  readonly method: string
  /** The path after the action's own: '' or `/…`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

const Raw = z.object({
  __ow_method: z.string(),
  __ow_path: z.string().default(''),
  __ow_query: z.string().default(''),
  __ow_headers: z.record(z.string(), z.string()).default({}),
  __ow_body: z.string().default(''),
})

/**
 * True where the call came over the web, by a parameter that the platform sets and no caller can remove. A malformed
 * web request must count as one too: otherwise it would count as a call with the key of the namespace.
 */
export function isOverTheWeb(params: ActionParams): boolean {
  return Object.hasOwn(params, '__ow_method')
}

/** @throws JobError `params-invalid` */
export function readWebRequest(params: ActionParams): WebRequest {
  const parsed = Raw.safeParse(params)
  if (!parsed.success) throw isOverTheWeb(params) ? malformed : notOverTheWeb
  const { __ow_method: method, __ow_path: path, __ow_query, __ow_headers: headers, __ow_body } = parsed.data
  return { method, path, query: new URLSearchParams(__ow_query), headers, body: decoded(__ow_body, headers) }
}

/** Bodies other than text arrive in base64, JSON included. */
function decoded(body: string, headers: WebRequest['headers']): string {
  const isText = /^(text\/|application\/x-www-form-urlencoded)/.test(headers['content-type'] ?? 'text/')
  return isText ? body : Buffer.from(body, 'base64').toString('utf8')
}

const malformed = new JobError(
  'params-invalid',
  'The request cannot be read.',
  'Send it again as plain HTTP.',
)
const notOverTheWeb = new JobError(
  'params-invalid',
  'This is a web action.',
  'Call it over HTTPS: `aio app get-url` prints its address.',
)
