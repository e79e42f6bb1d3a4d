import type { HttpRequest } from './http-client'

/** A request whose answer is read as it arrives. */
export interface DownloadRequest extends Pick<
  HttpRequest,
  'method' | 'url' | 'headers' | 'body' | 'signal' | 'reach'
> {
  /** The longest wait for the head of the answer, and between two pieces of its body, in ms. */
  readonly idleMs: number
  /** True to leave a `Content-Encoding` as it is: the bytes are those that the server stores. */
  readonly raw?: boolean
}

export interface DownloadResponse {
  readonly status: number
  /** Lower-case names; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * The body, read once and on demand. It must be read to its end, or left early, or discarded: it holds a connection.
   * @throws TransportError
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Ends the exchange without reading the body. */
  discard(): void
}

/**
 * Sends one request; its body comes in pieces, whatever its size. Redirects are not followed.
 * @throws TransportError when no answer came
 */
export type HttpDownload = (request: DownloadRequest) => Promise<DownloadResponse>
