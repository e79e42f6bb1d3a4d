import type { Clock } from '../clock'
import type { HttpClient } from '../http/http-client'
import type { InputReference, Inputs } from '../inputs'
import type { Log } from '../log'
import type { Consent } from './consent/consent'
import type { GrantStore } from './oauth2'
import type { CachedTokenProvider } from './token-provider'

export interface AuthenticationContext {
  readonly inputs: Inputs
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly log: Log
  /** Receives secrets that come up at work, such as tokens: they are hidden from then on. */
  readonly learn?: (secret: string) => void
  /** Keeps what is granted to the source; absent where no key is set to seal it with. */
  readonly grants?: GrantStore | undefined
}

/** How a source proves who asks. Members of `auth/oauth2` make it; sources only use it. */
export interface SourceAuthentication {
  /** What is wrong with its definition; the job does not open then. */
  readonly faults?: readonly string[]
  readonly inputs: readonly InputReference[]
  readonly open: (context: AuthenticationContext) => CachedTokenProvider
  /** Present where a person has to consent in the browser first. */
  readonly consent?: ((context: AuthenticationContext) => Consent) | undefined
}
