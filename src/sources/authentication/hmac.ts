import { createHash, createHmac } from 'node:crypto'
import * as z from 'zod'
import { parseOptions } from '../../options'
import { InputOption, SecretOption } from './secret-option'
import { headerValue } from './header-value'
import type { InputReference } from '../../inputs'
import type { RequestAuthentication, Unsigned } from './request-authentication'

export interface Hmac {
  /** `secret('…')` with the key as text. */
  readonly key: InputReference
  /** Names the key to the server; `{keyId}` in the templates. */
  readonly keyId?: InputReference
  /** Default `sha256`. */
  readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** Default `hex`. */
  readonly encoding?: 'hex' | 'base64'
  /**
   * Template of the signed text, with `{method}`, `{host}`, `{path}`, `{query}`, `{target}` (path and query), `{body}`,
   * `{bodyHash}` (SHA-256 in hex), `{timestamp}` and `{keyId}`, such as `{timestamp}\n{method}\n{target}\n{body}`.
   */
  readonly signs: string
  /** Headers, with the same names and `{signature}`, such as `{ 'x-signature': 'v1={signature}' }`. */
  readonly headers: Readonly<Record<string, string>>
  /** How `{timestamp}` is written: seconds or milliseconds since the epoch, or ISO 8601. Default `s`. */
  readonly timestamp?: 's' | 'ms' | 'iso'
}

const signable = ['method', 'host', 'path', 'query', 'target', 'body', 'bodyHash', 'timestamp', 'keyId']
const placeholder = /\{(\w+)\}/g

function template(names: readonly string[]) {
  return z.string('must be a text').refine((text) => unknownIn(text, names) === undefined, {
    error: ({ input }) => `has the unknown name {${unknownIn(String(input), names) ?? ''}}`,
  })
}

function unknownIn(text: string, names: readonly string[]): string | undefined {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name).find((name) => !names.includes(name))
}

const Options = z
  .strictObject({
    key: SecretOption,
    keyId: InputOption.optional(),
    algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512']).optional(),
    encoding: z.enum(['hex', 'base64']).optional(),
    signs: template(signable),
    headers: z.record(z.string().min(1), template([...signable, 'signature'])),
    timestamp: z.enum(['s', 'ms', 'iso']).optional(),
  })
  .refine(({ headers }) => Object.values(headers).some((value) => value.includes('{signature}')), {
    path: ['headers'],
    error: 'must carry {signature}',
  })
  .refine(
    ({ signs, headers, keyId }) =>
      keyId !== undefined || ![signs, ...Object.values(headers)].some((text) => text.includes('{keyId}')),
    { path: ['keyId'], error: 'is missing: {keyId} is used' },
  )

/** A signature over each request with a shared key. What is signed, and where it stands, is declared. @see RFC 2104 */
export function hmac(options: Hmac): RequestAuthentication {
  const { key, keyId, algorithm = 'sha256', encoding = 'hex', signs, headers, timestamp = 's' } = options
  return {
    kind: 'request',
    inputs: keyId ? [key, keyId] : [key],
    faults: parseOptions('hmac', Options, options).faults,
    open({ inputs, clock }) {
      const secret = inputs(key)
      const id = keyId ? headerValue(keyId, inputs) : ''
      return {
        sign(request) {
          const values = { ...partsOf(request), timestamp: written(clock.now(), timestamp), keyId: id }
          const signature = createHmac(algorithm, secret).update(filled(signs, values)).digest(encoding)
          const signed = Object.entries(headers).map(([name, text]) => [
            name,
            filled(text, { ...values, signature }),
          ])
          const added = Object.fromEntries(signed) as Record<string, string>
          return Promise.resolve({ ...request, headers: { ...request.headers, ...added } })
        },
        renew: () => Promise.resolve(false),
      }
    },
  }
}

function partsOf({ method, url, body = '' }: Unsigned): Readonly<Record<string, string>> {
  const { host, pathname, search } = new URL(url)
  return {
    method,
    host,
    path: pathname,
    query: search.slice(1),
    target: `${pathname}${search}`,
    body: Buffer.from(body).toString(),
    bodyHash: createHash('sha256').update(body).digest('hex'),
  }
}

function written(ms: number, unit: 's' | 'ms' | 'iso'): string {
  if (unit === 'iso') return new Date(ms).toISOString()
  return String(unit === 's' ? Math.floor(ms / 1000) : ms)
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (_whole, name: string) => values[name] ?? '')
}
