import type { Reach } from './address-guard'

/** One HTTP exchange; the caller adds retries, throttling and tokens. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** The whole body in memory, so that its length is known and it can be sent again. */
  readonly body?: string | Uint8Array
  /** From the call to the last byte of the answer, in ms. */
  readonly timeoutMs: number
  /** The largest body of an answer, decoded, in bytes. Default {@link defaultMaxBytes}. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
  /** For a URL that comes from data: private addresses are refused. Default: every address. */
  readonly reach?: Reach
}

/**
 * Limit for a page of data: its raw, decoded and parsed forms, and the next raw page, must fit into an action of 256
 * MB.
 */
export const defaultMaxBytes = 16 * 1024 * 1024
/** Limit for an answer without data: a token, a refusal, an id. */
export const decisionMaxBytes = 1024 * 1024

export interface HttpResponse {
  readonly status: number
  /** Lower-case names; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Sends one request and reads the whole answer. Redirects are not followed: a 3xx is an answer.
 * @throws TransportError when no complete answer came.
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>

/**
 * No complete answer; `too-large` where it had more than `maxBytes`, however small it was on the wire.
 * `sent: 'no'` only where it is certain that no byte of the request left
 * (name not found, connection refused, TLS refused); in doubt it is `'perhaps'`.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'

  constructor(
    message: string,
    readonly sent: 'no' | 'perhaps',
    readonly reason: 'timeout' | 'aborted' | 'too-large' | 'network',
    options?: { readonly cause?: unknown },
  ) {
    super(message, options)
  }
}
