import { JobError } from '../../errors'
import { announcedPage, announcingField } from '../paginators/announced-page'
import { announcesMoreThan, isNextName, isNextToken, isUrl, saysMore } from '../paginators/envelope-fields'
import type { EnvelopeField } from '../paginators/envelope-fields'
import type { ReadRequest } from '../source'
import type { RestSource } from './rest-options'

/** The answer that a read ends with. */
interface LastAnswer {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Records of the answer. */
  readonly count: number
}

/**
 * Refuses to end a read with an answer that tells of a next page: the records of that page would be left out. Returns
 * true where they come by the next read, because the source has no paginator and a cursor.
 * @throws JobError `source-malformed`
 */
export function endsBeforeLast(
  { paginator, sinceParam }: Pick<RestSource, 'paginator' | 'sinceParam'>,
  request: Pick<ReadRequest, 'mode'>,
  answer: LastAnswer,
): boolean {
  if (paginator) {
    const place = paginator.readsFlag ? null : pageAfter(answer)
    if (place !== null) throw missedBy(answer, place)
    return false
  }
  const isResumed = request.mode === 'incremental' && sinceParam !== undefined
  const place =
    nextPageIn(answer, (field) => saysMore(field) || isNextToken(field)) ??
    (isResumed ? null : announcingField(answer.body, (field) => announcesMoreThan(field, answer.count)))
  if (place === null || isResumed) return place !== null
  throw new JobError(
    'source-malformed',
    `The answer of ${answer.url} tells of a next page in its ${place}, and the source declares no paginator.`,
    'Declare the `paginator` of the source; the next run reads again. Where a token or a total does not mean another page, declare `linkHeader()`, with which neither counts.',
    { details: { url: answer.url } },
  )
}

/**
 * Where an answer that the paginator takes for the last one tells of a next page. Without a record, only a flag counts:
 * servers write the link of a next page beyond the last one as well.
 */
function pageAfter(answer: LastAnswer): string | null {
  return answer.count > 0 ? nextPageIn(answer, saysMore) : announcingField(answer.body, saysMore)
}

/** Where an answer has the address of a next page, or a field by which `alsoBy` tells that there is one. */
function nextPageIn(answer: LastAnswer, alsoBy: (field: EnvelopeField) => boolean): string | null {
  return announcedPage(
    answer,
    ['next'],
    (field) => alsoBy(field) || (isNextName(field) && isUrl(field.value, answer.url)),
  )
}

function missedBy({ url }: LastAnswer, place: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} tells of a next page in its ${place}, and the paginator of the source found none.`,
    'Declare the paginator that follows it, or correct its path; where a flag decides, name it in `more` of nextToken or lastRecord.',
    { details: { url } },
  )
}
