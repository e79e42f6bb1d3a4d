import { JobError } from '../../errors'
import { parseLinkHeader } from '../../http/link-header'
import type { ReadRequest } from '../source'
import type { RestSource } from './rest-options'

/**
 * Refuses an answer that names a next page (RFC 8288) where the source declares no paginator: the records of that page
 * would be left out. With a cursor, the next run reads on from there.
 * @throws JobError `source-malformed`
 */
export function assertOnlyPage(
  { paginator, sinceParam }: Pick<RestSource, 'paginator' | 'sinceParam'>,
  request: Pick<ReadRequest, 'mode'>,
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
): void {
  if (paginator || (request.mode === 'incremental' && sinceParam !== undefined)) return
  const links = headers.link === undefined ? null : parseLinkHeader(headers.link)
  if (!links?.some(({ relations }) => relations.includes('next'))) return
  throw new JobError(
    'source-malformed',
    `The answer of ${url} names a next page in its header Link, and the source declares no paginator.`,
    'Add `paginator: linkHeader()` to the source; the next run reads again.',
    { details: { url } },
  )
}
