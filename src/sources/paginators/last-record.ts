import * as z from 'zod'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from '../rest/place'
import { watchForEndlessPages } from './endless-pages'
import { hasMore } from './next-token'
import { turnTo } from './paginator'
import type { Param } from '../rest/place'
import type { PaginatorDefinition } from './paginator'

export interface LastRecordOptions {
  /** The field of a page's last record that asks for the page after it, such as `id`. */
  readonly path: string
  /** What takes it: a query parameter such as `starting_after`, or a place such as `inBody('after')`. */
  readonly param: Param
  /** Where a boolean in the body says whether there is another page. Default: pages are read until one is empty. */
  readonly more?: string
}

const Options = z.strictObject({ path: FieldPath, param: ParamOption, more: FieldPath.optional() })

/** Keyset paging: the last record of a page asks for those after it, exclusively. */
export function lastRecord(options: LastRecordOptions): PaginatorDefinition<'stable'> {
  const { path, param, more } = options
  return {
    paging: 'stable',
    resizable: true,
    faults: parseOptions('lastRecord', Options, options).faults,
    open() {
      const endless = watchForEndlessPages()
      return {
        first: [],
        next(answer) {
          const { records, url } = answer
          const goesOn = more === undefined ? records.length > 0 : hasMore(answer, more)
          if (!goesOn) return null
          const value = valueAt(records.at(-1), path)
          if (typeof value !== 'string' && typeof value !== 'number') throw withoutField(url, path)
          endless.check(String(value), records.length, url)
          return turnTo({ place: placeOf(param), value })
        },
      }
    },
  }
}

function withoutField(url: string, path: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} sent a page whose last record has no text or number at "${path}" to ask for the next page with.`,
    'Compare the path of the paginator with a record of the source.',
    { details: { url } },
  )
}
