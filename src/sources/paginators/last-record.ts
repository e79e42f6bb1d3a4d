import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from '../rest/place'
import { watchForEndlessPages } from './endless-pages'
import { hasMore } from './next-token'
import { turnTo } from './paginator'
import type { Param } from '../rest/place'
import type { PageAnswer, PaginatorDefinition } from './paginator'

export interface LastRecordOptions {
  /** The field of a page's last record that asks for the page after it, such as `id`. */
  readonly path: string
  /** What takes it: a query parameter such as `starting_after`, or a place such as `inBody('after')`. */
  readonly param: Param
  /** Where a boolean in the body says whether there is another page. Default: pages are read until one is empty. */
  readonly more?: string
}

const Options = z.strictObject({ path: FieldPath, param: ParamOption, more: FieldPath.optional() })

/**
 * Keyset paging: the last record of a page asks for those after it, exclusively. So no two records may have the same
 * value: those of the next page that share it with the last record would be left out.
 */
export function lastRecord(options: LastRecordOptions): PaginatorDefinition<'stable'> {
  const { path, param, more } = options
  return {
    paging: 'stable',
    resizable: true,
    readsFlag: more !== undefined,
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
          assertDifferent(answer, path)
          endless.check(String(value), records.length, url)
          return turnTo({ place: placeOf(param), value })
        },
      }
    },
  }
}

/** @throws JobError `source-malformed` where two records in a row share the value and are not the same record */
function assertDifferent({ records, url }: PageAnswer, path: string): void {
  const shared = records.findIndex((record, index) => index > 0 && isShared(records[index - 1], record, path))
  if (shared < 0) return
  throw new JobError(
    'source-malformed',
    `${url} sent two records with the same "${path}", by which the next page is asked for: records that share it with the last one of a page would be left out.`,
    'Choose a field that is different in every record, such as an id, and let the API sort by it; or another paginator.',
    { details: { url } },
  )
}

function isShared(before: unknown, record: unknown, path: string): boolean {
  return valueAt(before, path) === valueAt(record, path) && !isDeepStrictEqual(before, record)
}

function withoutField(url: string, path: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} sent a page whose last record has no text or number at "${path}" to ask for the next page with.`,
    'Compare the path of the paginator with a record of the source.',
    { details: { url } },
  )
}
