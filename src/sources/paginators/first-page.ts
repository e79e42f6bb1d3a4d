import { JobError } from '../../errors'
import { parseLinkHeader } from '../../http/link-header'
import { envelopeFields, isPreviousName, isUrl, saysPrevious } from './envelope-fields'
import type { PageAnswer } from './paginator'

/**
 * Refuses the first of counted pages where it tells of a page before it: an API that counts from 0 sends its second page
 * for the number 1, and the records of the first one would be left out.
 * @throws JobError `source-malformed`
 */
export function assertFirst({ url, headers, body }: PageAnswer, first: number): void {
  const place = pageBefore({ url, headers, body })
  if (place === null) return
  throw new JobError(
    'source-malformed',
    `The answer of ${url} to the request for page ${first} tells of a page before it in its ${place}.`,
    'Correct `first` of pageNumber: many APIs count their pages from 0.',
    { details: { url } },
  )
}

function pageBefore({ url, headers, body }: Pick<PageAnswer, 'url' | 'headers' | 'body'>): string | null {
  const links = headers.link === undefined ? null : parseLinkHeader(headers.link)
  if (links?.some(({ relations }) => relations.includes('prev') || relations.includes('previous')))
    return 'header Link'
  const found = envelopeFields(body).find(
    (field) => saysPrevious(field) || (isPreviousName(field) && isUrl(field.value, url)),
  )
  return found ? `field ${found.path}` : null
}
