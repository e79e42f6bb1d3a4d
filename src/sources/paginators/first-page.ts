import { JobError } from '../../errors'
import { announcedPage } from './announced-page'
import { isPreviousName, isUrl, saysPrevious } from './envelope-fields'
import type { PageAnswer } from './paginator'

/**
 * Refuses the first of counted pages where it tells of a page before it: an API that counts from 0 sends its second page
 * for the number 1, and the records of the first one would be left out.
 * @throws JobError `source-malformed`
 */
export function assertFirst(answer: PageAnswer, first: number): void {
  const { url } = answer
  const place = announcedPage(
    answer,
    ['prev', 'previous'],
    (field) => saysPrevious(field) || (isPreviousName(field) && isUrl(field.value, url)),
  )
  if (place === null) return
  throw new JobError(
    'source-malformed',
    `The answer of ${url} to the request for page ${first} tells of a page before it in its ${place}.`,
    'Correct `first` of pageNumber: many APIs count their pages from 0.',
    { details: { url } },
  )
}
