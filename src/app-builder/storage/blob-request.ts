import type { HttpClient, HttpRequest, HttpResponse } from '../../http/http-client'
import type { ContainerGrant, Tvm } from './tvm'

/** A request to the container, not yet signed. */
export interface BlobRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body'> {
  /** '' addresses the container itself. */
  readonly path: string
  readonly query?: string
  readonly signal: AbortSignal | undefined
}

export type SendBlobRequest = (request: BlobRequest) => Promise<HttpResponse>

/** Any version since 2019 works: conditions and listings have not changed. */
const apiVersion = '2021-12-02'
const timeoutMs = 20_000
/** Limit for a file: more than a batch of 20 MB that could not be compressed. */
const maxBytes = 32 * 1024 * 1024

/** True where the store denied the signature: the request had no effect. */
export function isDenied({ status }: HttpResponse): boolean {
  return status === 401 || status === 403
}

/**
 * Signs requests with the container's signature; a signature that is denied is renewed once.
 * @throws JobError `store-unreachable`, `store-refused` where no signature can be obtained
 * @throws TransportError
 */
export function signBlobRequests(http: HttpClient, tvm: Tvm): SendBlobRequest {
  return async function send(request) {
    const grant = await tvm.grant()
    const response = await sendWith(grant, request)
    if (!isDenied(response)) return response
    tvm.drop(grant)
    return sendWith(await tvm.grant(), request)
  }

  async function sendWith(
    { containerUrl, signature }: ContainerGrant,
    { method, path, query, headers, body, signal }: BlobRequest,
  ): Promise<HttpResponse> {
    signal?.throwIfAborted()
    const place = path === '' ? containerUrl : `${containerUrl}/${escapePath(path)}`
    return http({
      method,
      url: `${place}?${query === undefined ? '' : `${query}&`}${signature}`,
      headers: { 'x-ms-version': apiVersion, ...headers },
      timeoutMs,
      maxBytes,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
}

function escapePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
