/** What an answer tells about the next page. */
export interface PageAnswer {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The decoded body. */
  readonly body: unknown
  readonly records: number
}

/** Finds the way to the next page: query parameters to set, or null after the last page. */
export interface Paginator {
  /** Names the position of a page, to notice a source that goes round in circles. */
  next(answer: PageAnswer): { readonly query: Readonly<Record<string, string>> } | null
}
