/** One HTTP exchange; retries, throttling and tokens are the caller's business. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whole in memory, so that its length is known and it can be sent again. */
  readonly body?: string | Uint8Array
  /** From the call to the last byte of the answer, in ms. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

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
 * No complete answer. `sent: 'no'` only where it is certain that no byte of the request left
 * (name not found, connection refused, TLS refused); in doubt it is `'perhaps'`.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'

  constructor(
    message: string,
    readonly sent: 'no' | 'perhaps',
    readonly reason: 'timeout' | 'aborted' | 'network',
    options?: { readonly cause?: unknown },
  ) {
    super(message, options)
  }
}
