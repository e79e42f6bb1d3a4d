import type { Consent } from '../auth/consent/consent'
import type { AuthenticationContext } from '../auth/oauth2'
import type { HttpDownload } from '../http/http-download'
import type { InputReference } from '../inputs'

/** The content of one answer of the source, still unchecked. */
export interface Page {
  readonly records: readonly unknown[]
  /** Sources whose cursor travels with the page (files, offsets, tokens): the cursor that resumes after this page. */
  readonly cursor?: string
  /** Of a body without a record: the names of the fields that it declares for all records. */
  readonly fields?: readonly string[]
  /** True of the last page of a read that ends before the last record: a later read must resume at its cursor. */
  readonly isCut?: boolean
}

/** A half-open range of instants, ISO 8601 in UTC. */
export interface TimeRange {
  readonly from: string
  readonly to: string
}

/** The part of the source to read. */
export type ReadRequest = { readonly signal: AbortSignal } & (
  | {
      readonly mode: 'incremental'
      /**
       * Record cursors: resume here, inclusive, in the source's own notation. Page cursors: resume after this page.
       * Null reads from the beginning.
       */
      readonly since: string | null
      /** `since` in ms since the epoch, rounded down, where the cursor is an instant. */
      readonly sinceMs?: number | null
    }
  | { readonly mode: 'sliced'; readonly range: TimeRange }
  | { readonly mode: 'full-refresh' }
)

/** Reads records in pages; nothing is fetched before the consumer asks for the next page. */
export interface Source {
  /** Base URL, path and query that it reads from, without secrets. A change of it is a changed definition. */
  readonly identity: string
  /** @throws JobError `source-unreachable`, `source-refused`, `source-malformed`, or a token error */
  read(request: ReadRequest): AsyncIterable<Page>
}

/** The dependencies of a source, which its authentication takes as well. */
export interface SourceContext extends AuthenticationContext {
  /** For bodies that are too large for memory. */
  readonly download: HttpDownload
}

/**
 * The capabilities of a source. A job whose sync mode needs another one does not compile: `since` filters by a record
 * cursor, `page-cursor` resumes after a page, `range` filters by a slice. Every source can be read whole.
 */
export type Capability = 'since' | 'page-cursor' | 'range'

/**
 * `stable`: pages neither overlap nor skip while records are added. `shifting`: they may (page number, offset), so
 * records need a primary key by which a repeat is recognised.
 */
export type Paging = 'stable' | 'shifting'

/** A source as a job describes it: plain data plus the way to open it. */
export interface SourceDefinition<C extends Capability = Capability, P extends Paging = Paging> {
  readonly kind: string
  /** To be increased when the meaning of the cursor changes. */
  readonly version: number
  readonly capabilities: readonly C[]
  readonly paging: P
  /**
   * True where the source may return records outside of the slice or before `since`: inclusive ends, or a filter on our
   * side. They are dropped and counted. Where it is false, such a record is an error.
   */
  readonly bringsMore: boolean
  /**
   * Present where records of several APIs are combined: the field that holds those of one of them, and whether the
   * slices are cut by it. A cursor of the other API would leave records out of every slice.
   */
  readonly slicedBy?: { readonly field: string; readonly isWithin: boolean }
  /** Every input that {@link open} will look up; a test holds them against the manifest. */
  readonly inputs: readonly InputReference[]
  /** Faults of the definition. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  open(context: SourceContext): Source
  /** Present where a person has to consent in the browser first. */
  readonly consent?: ((context: SourceContext) => Consent) | undefined
}
