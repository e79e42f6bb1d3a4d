import type { Paging } from '../source'

/** One answer of the source. */
export interface PageAnswer {
  readonly url: string
  /** The parsed body. */
  readonly body: unknown
  readonly bytes: Uint8Array
  readonly records: readonly unknown[]
}

export type PageQuery = Readonly<Record<string, string>>

/** The way through the pages of one read. */
export interface Paginator {
  /** Query parameters of the first page. */
  readonly first: PageQuery
  /**
   * Query parameters that ask for the page after this one; null after the last.
   * @throws JobError `source-malformed` where the pages would never end
   */
  next(answer: PageAnswer): PageQuery | null
}

/** A paginator as a source describes it. */
export interface PaginatorDefinition<P extends Paging = Paging> {
  /** `shifting` where a record that is added meanwhile moves others to another page. */
  readonly paging: P
  readonly faults: readonly string[]
  open(): Paginator
}
