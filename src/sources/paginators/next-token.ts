import * as z from 'zod'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { FieldPath, parseOptions } from '../../options'
import { ParamOption, placeOf } from '../rest/place'
import { watchForEndlessPages } from './endless-pages'
import { assertNotMisnamed } from './misnamed-field'
import { turnTo } from './paginator'
import type { Param } from '../rest/place'
import type { PageAnswer, PaginatorDefinition } from './paginator'

export interface NextTokenOptions {
  /** Where the token is in the body, such as `meta.next_token`. */
  readonly path?: string
  /** The header that has the token instead. */
  readonly header?: string
  /** Where a boolean in the body says whether there is another page, such as `pageInfo.hasNextPage`. */
  readonly more?: string
  /** What takes the token: a query parameter, or a place such as `inBody('cursor')`. */
  readonly param: Param
}

const Options = z
  .strictObject({
    path: FieldPath.optional(),
    header: z.string().min(1, 'must not be empty').optional(),
    more: FieldPath.optional(),
    param: ParamOption,
  })
  .refine(({ path, header }) => (path === undefined) !== (header === undefined), {
    error: 'needs either "path" or "header"',
  })

/** Each answer carries a token that asks for the page after it; the last one carries none. */
export function nextToken(options: NextTokenOptions): PaginatorDefinition<'stable'> {
  const { param, path, more } = options
  return {
    paging: 'stable',
    resizable: true,
    readsFlag: more !== undefined,
    faults: parseOptions('nextToken', Options, options).faults,
    open() {
      const endless = watchForEndlessPages()
      let isFirst = true
      return {
        first: [],
        next(answer) {
          if (isFirst && path !== undefined && more === undefined) assertNotMisnamed(answer, path)
          isFirst = false
          if (more !== undefined && !hasMore(answer, more)) return null
          const token = tokenOf(answer, options)
          if (token === null && more !== undefined)
            throw malformed(answer.url, 'without the token that it needs')
          if (token === null) return null
          endless.check(token, answer.records.length, answer.url)
          return turnTo({ place: placeOf(param), value: token })
        },
      }
    },
  }
}

function tokenOf({ body, headers, url }: PageAnswer, { path, header }: NextTokenOptions): string | null {
  const token = path === undefined ? headers[(header ?? '').toLowerCase()] : valueAt(body, path)
  if (token === undefined || token === null || token === '') return null
  if (typeof token === 'string' || typeof token === 'number') return String(token)
  throw malformed(url, `with something else than a text or a number at ${path}`)
}

/** A field that is missing or misspelt must not pass for the last page. */
export function hasMore({ body, url }: PageAnswer, path: string): boolean {
  const more = valueAt(body, path)
  if (typeof more === 'boolean') return more
  throw malformed(url, `with something else than true or false at ${path}`)
}

function malformed(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} answered ${what}.`,
    'Compare the options of the paginator with an answer of the source.',
    { details: { url } },
  )
}
