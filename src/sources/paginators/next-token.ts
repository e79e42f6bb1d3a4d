import { JobError } from '../../errors'
import { valueAt } from '../rest/value-at'
import type { Paginator } from './paginator'

/** The answer carries a token that asks for the page after it, and none on the last page. */
export function nextToken(options: {
  /** Where the token is in the body, such as `meta.next_token`. */
  readonly path: string
  /** The query parameter that takes it. */
  readonly param: string
}): () => Paginator {
  return () => {
    const seen = new Set<string>()
    return {
      next({ body, url }) {
        const token = valueAt(body, options.path)
        if (token === undefined || token === null || token === '') return null
        if (typeof token !== 'string' && typeof token !== 'number') throw malformed(url, options.path)
        if (seen.has(String(token))) throw circular(url)
        seen.add(String(token))
        return { query: { [options.param]: String(token) } }
      },
    }
  }
}

function malformed(url: string, path: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} answered with something else than text at ${path}.`,
    'Compare the path of the paginator with an answer of the source.',
  )
}

function circular(url: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} sent the same page token twice, so its pages would never end.`,
    'Tell the owner of the source; nothing of this read is committed beyond the pages before.',
  )
}
