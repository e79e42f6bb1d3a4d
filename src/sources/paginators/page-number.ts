import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from '../rest/place'
import { watchTotal } from './announced-total'
import { watchForEndlessPages } from './endless-pages'
import { assertFirst } from './first-page'
import { pageContent } from './page-content'
import { turnTo } from './paginator'
import type { Param } from '../rest/place'
import type { PaginatorDefinition } from './paginator'

export interface PageNumberOptions {
  /** What takes the number of the page: a query parameter, or a place such as `inBody('page')`. */
  readonly param: Param
  /** The number of the first page. Default 1. */
  readonly first?: number
  /** Where the body announces the number of all records, such as `meta.total`. Fewer are then an error. */
  readonly total?: string
}

const Options = z.strictObject({
  param: ParamOption,
  first: z.int('must be a whole number').nonnegative('must not be negative').default(1),
  total: FieldPath.optional(),
})

/**
 * Pages have numbers, and the first one without a record ends the read: a shorter one proves nothing, because servers
 * cap the page size. A record that is added or deleted meanwhile shifts others to another page, so the job needs a
 * primary key.
 */
export function pageNumber(given: PageNumberOptions): PaginatorDefinition<'shifting'> {
  const { options, faults } = parseOptions('pageNumber', Options, given)
  const { param, first, total } = options ?? { param: '', first: 1 }
  return {
    paging: 'shifting',
    // With another size, a page of the same number has other records.
    resizable: false,
    readsFlag: false,
    faults,
    open() {
      const endless = watchForEndlessPages()
      const announced = watchTotal(total)
      const place = placeOf(param)
      let page = first
      let read = 0
      return {
        first: [{ place, value: first }],
        next(answer) {
          const { records, url } = answer
          if (page === first) assertFirst(answer, first)
          read += records.length
          if (records.length === 0) {
            announced.assertComplete(answer, read)
            return null
          }
          announced.see(answer)
          endless.check(pageContent(answer), records.length, url)
          page += 1
          return turnTo({ place, value: page })
        },
      }
    },
  }
}
