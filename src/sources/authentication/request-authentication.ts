import type { Clock } from '../../clock'
import type { HttpRequest } from '../../http/http-client'
import type { InputReference, Inputs } from '../../inputs'

/** A request before it has credentials. */
export type Unsigned = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

/** Adds credentials to requests. */
export interface Signer {
  /** The same request with credentials; called again for each attempt, because signatures carry the time. */
  sign(request: Unsigned): Promise<Unsigned>
  /** After a 401: drops the used credential. False where there is no other one. */
  renew(): Promise<boolean>
}

export interface SigningContext {
  readonly inputs: Inputs
  readonly clock: Clock
}

/** How a source authenticates each request by itself, as a job declares it. */
export interface RequestAuthentication {
  readonly kind: 'request'
  /** Every input that {@link open} reads. */
  readonly inputs: readonly InputReference[]
  /** Errors of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  /** @throws JobError `input-missing`, `input-invalid` */
  open(context: SigningContext): Signer
}

/** Credentials that are the same in each request, in headers. */
export function constantHeaders(headers: Readonly<Record<string, string>>): Signer {
  return {
    sign: (request) => Promise.resolve({ ...request, headers: { ...request.headers, ...headers } }),
    renew: () => Promise.resolve(false),
  }
}
