import * as z from 'zod'
import { parseLinkHeader } from '../../http/link-header'
import { parseOptions } from '../../options'
import { unusable, urlPaginator } from './next-url'
import type { PageAnswer, PaginatorDefinition } from './paginator'

export interface LinkHeaderOptions {
  /** The relation that names the next page. Default `next`. */
  readonly rel?: string
}

const Options = z.strictObject({ rel: z.string().min(1, 'must not be empty').default('next') })

/**
 * The header `Link` names the next page; the last answer has no such link.
 * @see RFC 8288
 */
export function linkHeader(given: LinkHeaderOptions = {}): PaginatorDefinition<'stable'> {
  const { options, faults } = parseOptions('linkHeader', Options, given)
  const rel = options?.rel ?? 'next'
  return urlPaginator(faults, (answer) => targetOf(answer, rel))
}

function targetOf({ headers, url }: PageAnswer, rel: string): string | null {
  const { link } = headers
  if (link === undefined || link.trim() === '') return null
  // A header that cannot be parsed must not count as the last page.
  const links = parseLinkHeader(link)
  if (!links) throw unusable(url, 'has a Link header that is not one (RFC 8288)')
  const matching = links.filter(({ relations }) => relations.includes(rel.toLowerCase()))
  const targets = new Set(matching.map(({ target }) => target))
  if (targets.size > 1) throw unusable(url, `has a Link header with ${targets.size} links "${rel}"`)
  const [target] = targets
  return target ?? null
}
