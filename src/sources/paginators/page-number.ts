import * as z from 'zod'
import { parseOptions } from '../../options'
import { watchForEndlessPages } from './endless-pages'
import { pageContent } from './page-content'
import type { PaginatorDefinition } from './paginator'

export interface PageNumberOptions {
  /** The query parameter that takes the number of the page. */
  readonly param: string
  /** The number of the first page. Default 1. */
  readonly first?: number
}

const Options = z.strictObject({
  param: z.string().min(1, 'must not be empty'),
  first: z.int('must be a whole number').nonnegative('must not be negative').default(1),
})

/**
 * Pages have numbers, and the first one without a record ends the read: a shorter one proves nothing, because servers
 * cap the page size. A record that is added or deleted meanwhile shifts others to another page, so the job needs a
 * primary key.
 */
export function pageNumber(given: PageNumberOptions): PaginatorDefinition<'shifting'> {
  const { options, faults } = parseOptions('pageNumber', Options, given)
  const { param, first } = options ?? { param: '', first: 1 }
  return {
    paging: 'shifting',
    faults,
    open() {
      const endless = watchForEndlessPages()
      let page = first
      return {
        first: { [param]: String(first) },
        next(answer) {
          const { records, url } = answer
          if (records.length === 0) return null
          endless.check(pageContent(answer), records.length, url)
          page += 1
          return { [param]: String(page) }
        },
      }
    },
  }
}
