import * as z from 'zod'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { FieldPath, parseOptions } from '../../options'
import { watchForEndlessPages } from './endless-pages'
import { assertNotMisnamed } from './misnamed-field'
import type { PageAnswer, PaginatorDefinition, Turn } from './paginator'

export interface NextUrlOptions {
  /** Where the URL is in the body, such as `links.next`. It may be relative. */
  readonly path: string
}

const Options = z.strictObject({ path: FieldPath })

/** Each answer carries the URL of the page after it; the last one carries none. */
export function nextUrl(options: NextUrlOptions): PaginatorDefinition<'stable'> {
  const { path } = options
  return urlPaginator(parseOptions('nextUrl', Options, options).faults, (answer, isFirst) => {
    if (isFirst) assertNotMisnamed(answer, path)
    const next = valueAt(answer.body, path)
    if (next === undefined || next === null || next === '') return null
    if (typeof next === 'string') return next
    throw unusable(answer.url, `has no URL at ${path}`)
  })
}

/** Pages that are named by URLs from answers. @param find throws where the answer should name one and does not */
export function urlPaginator(
  faults: readonly string[],
  find: (answer: PageAnswer, isFirst: boolean) => string | null,
): PaginatorDefinition<'stable'> {
  return {
    paging: 'stable',
    // The size is in the server's URL.
    resizable: false,
    readsFlag: false,
    faults,
    open() {
      const endless = watchForEndlessPages()
      let isFirst = true
      return {
        first: [],
        next(answer) {
          const next = find(answer, isFirst)
          isFirst = false
          if (next === null) return null
          const turn = sameOrigin(next, answer)
          endless.check(turn.url, answer.records.length, answer.url)
          return turn
        },
      }
    },
  }
}

/** Every page is requested with the credentials of the source, so a page of another origin is never requested. */
function sameOrigin(
  next: string,
  { url, address }: Pick<PageAnswer, 'url' | 'address'>,
): Extract<Turn, { kind: 'url' }> {
  if (!URL.canParse(next, address)) throw unusable(url, 'names a next page that is not a URL')
  const target = new URL(next, address)
  if (target.origin !== new URL(url).origin || target.username !== '' || target.password !== '') {
    throw unusable(
      url,
      'names a next page on another host, to which the credentials of the source would be sent',
    )
  }
  target.hash = ''
  return { kind: 'url', url: target.href }
}

export function unusable(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    'Compare the paginator of the job with an answer of the source. If the API has moved, correct its base URL.',
    { details: { url } },
  )
}
