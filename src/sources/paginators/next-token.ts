import * as z from 'zod'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { FieldPath, parseOptions } from '../../options'
import { watchForEndlessPages } from './endless-pages'
import type { PaginatorDefinition } from './paginator'

export interface NextTokenOptions {
  /** Where the token is in the body, such as `meta.next_token`. */
  readonly path: string
  /** The query parameter that takes it. */
  readonly param: string
}

const Options = z.strictObject({ path: FieldPath, param: z.string().min(1, 'must not be empty') })

/** Each answer carries a token that asks for the page after it; the last one carries none. */
export function nextToken(options: NextTokenOptions): PaginatorDefinition<'stable'> {
  const { path, param } = options
  return {
    paging: 'stable',
    faults: parseOptions('nextToken', Options, options).faults,
    open() {
      const endless = watchForEndlessPages()
      return {
        first: {},
        next({ body, records, url }) {
          const token = valueAt(body, path)
          if (token === undefined || token === null || token === '') return null
          if (typeof token !== 'string' && typeof token !== 'number') throw malformed(url, path)
          endless.check(String(token), records.length, url)
          return { [param]: String(token) }
        },
      }
    },
  }
}

function malformed(url: string, path: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} answered with something else than a text or a number at ${path}.`,
    'Compare the path of the paginator with an answer of the source.',
    { details: { url } },
  )
}
