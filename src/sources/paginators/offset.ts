import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from '../rest/place'
import { watchTotal } from './announced-total'
import { watchForEndlessPages } from './endless-pages'
import { pageContent } from './page-content'
import { turnTo } from './paginator'
import type { Param } from '../rest/place'
import type { PaginatorDefinition } from './paginator'

export interface OffsetOptions {
  /** What takes the number of records to leave out: a query parameter, or a place such as `inBody('offset')`. */
  readonly param: Param
  /** Where the body announces the number of all records, such as `meta.total`. Fewer are then an error. */
  readonly total?: string
}

const Options = z.strictObject({ param: ParamOption, total: FieldPath.optional() })

/**
 * Each page leaves out the records read so far, and the first one without a record ends the read. Counts what came, not
 * what was asked for, because servers cap the page size. A record that is added or deleted meanwhile shifts others to
 * another page, so the job needs a primary key.
 */
export function offset(options: OffsetOptions): PaginatorDefinition<'shifting'> {
  const { param, total } = options
  return {
    paging: 'shifting',
    resizable: true,
    readsFlag: false,
    faults: parseOptions('offset', Options, options).faults,
    open() {
      const endless = watchForEndlessPages()
      const announced = watchTotal(total)
      const place = placeOf(param)
      let read = 0
      return {
        first: [{ place, value: 0 }],
        next(answer) {
          const { records, url } = answer
          read += records.length
          if (records.length === 0) {
            announced.assertComplete(answer, read)
            return null
          }
          announced.see(answer)
          endless.check(pageContent(answer), records.length, url)
          return turnTo({ place, value: read })
        },
      }
    },
  }
}
