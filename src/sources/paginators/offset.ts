import * as z from 'zod'
import { parseOptions } from '../../options'
import { watchForEndlessPages } from './endless-pages'
import { pageContent } from './page-content'
import type { PaginatorDefinition } from './paginator'

export interface OffsetOptions {
  /** The query parameter that takes the number of records to leave out. */
  readonly param: string
}

const Options = z.strictObject({ param: z.string().min(1, 'must not be empty') })

/**
 * Each page leaves out the records read so far, and the first one without a record ends the read. Counts what came, not
 * what was asked for, because servers cap the page size. A record that is added or deleted meanwhile shifts others to
 * another page, so the job needs a primary key.
 */
export function offset(options: OffsetOptions): PaginatorDefinition<'shifting'> {
  const { param } = options
  return {
    paging: 'shifting',
    faults: parseOptions('offset', Options, options).faults,
    open() {
      const endless = watchForEndlessPages()
      let read = 0
      return {
        first: { [param]: '0' },
        next(answer) {
          const { records, url } = answer
          if (records.length === 0) return null
          endless.check(pageContent(answer), records.length, url)
          read += records.length
          return { [param]: String(read) }
        },
      }
    },
  }
}
