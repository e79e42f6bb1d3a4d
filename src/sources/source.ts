import type { Consent } from '../auth/consent/consent'
import type { AuthenticationContext } from '../auth/oauth2'
import type { InputReference } from '../inputs'
import type { Log } from '../log'

export type { Authentication as SourceAuthentication } from '../auth/oauth2'

/** What the source sent in one answer, still unchecked. */
export interface Page {
  readonly records: readonly unknown[]
}

/** A half-open range of instants, ISO 8601 in UTC. */
export interface TimeRange {
  readonly from: string
  readonly to: string
}

export interface ReadRequest {
  /** Where to resume, in the source's own notation, inclusive; null reads from the beginning. */
  readonly since: string | null
  /** The slice to read; null where the job has no slices. */
  readonly range: TimeRange | null
  readonly signal: AbortSignal
}

/** Reads records in pages; nothing is fetched before the consumer asks for the next page. */
export interface Source {
  /** Where it reads from, without secrets. A change of it while a cursor is open stops the job. */
  readonly identity: string
  /** @throws JobError `source-unreachable`, `source-refused`, `source-malformed`, or a token error */
  read(request: ReadRequest): AsyncIterable<Page>
}

export interface SourceContext extends AuthenticationContext {
  readonly log: Log
}

/** A source as a job describes it: plain data plus the way to open it. */
export interface SourceDefinition {
  readonly kind: string
  /** Raise it when the meaning of the cursor changes. */
  readonly version: number
  /** Every input that {@link open} will look up; a test holds them against the manifest. */
  readonly inputs: readonly InputReference[]
  open(context: SourceContext): Source
  /** Present where a person has to consent in the browser first. */
  readonly consent?: ((context: SourceContext) => Consent) | undefined
}
