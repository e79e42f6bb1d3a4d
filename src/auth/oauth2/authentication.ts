import type { Clock } from '../../clock'
import type { HttpClient } from '../../http/http-client'
import type { InputReference, Inputs } from '../../inputs'
import type { Consent } from '../consent/consent'
import type { CachedTokenProvider } from '../token-provider'
import type { GrantStore } from './grant-store'

/** The dependencies of an {@link Authentication}. */
export interface AuthenticationContext {
  readonly inputs: Inputs
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Reports a secret, such as a token, to the redactor. */
  readonly learn?: (secret: string) => void
  /** Stores grants; absent without a key to encrypt them. */
  readonly grants?: GrantStore | undefined
}

/** How a source authenticates, as a job declares it. */
export interface Authentication {
  /** Every input that {@link open} reads. */
  readonly inputs: readonly InputReference[]
  /** Errors of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  /** @throws JobError `input-missing`, `input-invalid` */
  readonly open: (context: AuthenticationContext) => CachedTokenProvider
  /** Present if a user must consent in the browser first. */
  readonly consent?: ((context: AuthenticationContext) => Consent) | undefined
}
