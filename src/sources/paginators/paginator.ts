import type { Assignment } from '../rest/place'
import type { Paging } from '../source'

/** One answer of the source. */
export interface PageAnswer {
  /** For errors: without its query, and with the placeholders of its path. */
  readonly url: string
  /** What was asked for: relative URLs begin there. */
  readonly address: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body; with a decoder, what is around its records. */
  readonly body: unknown
  readonly bytes: Uint8Array
  readonly records: readonly unknown[]
  /** Of a body without a record: the names of the fields that it declares for all records. */
  readonly fields?: readonly string[]
}

/** How a page is asked for: by values in the request, or by a URL from an answer, which replaces address and query. */
export type Turn =
  | { readonly kind: 'values'; readonly values: readonly Assignment[] }
  | { readonly kind: 'url'; readonly url: string }

/** The way through the pages of one read. */
export interface Paginator {
  /** Values that ask for the first page. */
  readonly first: readonly Assignment[]
  /**
   * What asks for the page after this one; null after the last.
   * @throws JobError `source-malformed` where the pages would never end
   */
  next(answer: PageAnswer): Turn | null
}

/** A paginator as a source describes it. */
export interface PaginatorDefinition<P extends Paging = Paging> {
  /** `shifting` where a record that is added meanwhile moves others to another page. */
  readonly paging: P
  /** True where a page may be smaller than the one before it: the way does not count in pages. */
  readonly resizable: boolean
  /** True where a flag of the answer decides whether there is another page. */
  readonly readsFlag: boolean
  readonly faults: readonly string[]
  open(): Paginator
}

/** Asks for the next page by one value. */
export function turnTo(assignment: Assignment): Turn {
  return { kind: 'values', values: [assignment] }
}
