import { JobError } from '../../errors'
import { parseLinkHeader } from '../../http/link-header'
import { envelopeFields, isUrl, moreName, urlName } from '../paginators/envelope-fields'
import type { ReadRequest } from '../source'
import type { RestSource } from './rest-options'

interface Answer {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * Refuses an answer that tells of a next page where the source declares no paginator: the records of that page would be
 * left out. With a cursor, the next run reads on from there.
 * @throws JobError `source-malformed`
 */
export function assertOnlyPage(
  { paginator, sinceParam }: Pick<RestSource, 'paginator' | 'sinceParam'>,
  request: Pick<ReadRequest, 'mode'>,
  answer: Answer,
): void {
  if (paginator || (request.mode === 'incremental' && sinceParam !== undefined)) return
  const place = nextPageIn(answer)
  if (place === null) return
  throw new JobError(
    'source-malformed',
    `The answer of ${answer.url} tells of a next page in its ${place}, and the source declares no paginator.`,
    'Declare the `paginator` of the source; the next run reads again.',
    { details: { url: answer.url } },
  )
}

/** Where an answer names a next page (RFC 8288), or tells that there is one; null where it does not. */
function nextPageIn({ url, headers, body }: Answer): string | null {
  const links = headers.link === undefined ? null : parseLinkHeader(headers.link)
  if (links?.some(({ relations }) => relations.includes('next'))) return 'header Link'
  const found = envelopeFields(body).find(
    ({ name, value }) => (value === true && moreName.test(name)) || (urlName.test(name) && isUrl(value, url)),
  )
  return found ? `field ${found.path}` : null
}
