import { JobError } from '../../errors'
import { parseLinkHeader } from '../../http/link-header'
import {
  announcesMoreThan,
  envelopeFields,
  isNextName,
  isNextToken,
  isUrl,
  saysMore,
} from '../paginators/envelope-fields'
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
  const place = nextPageIn(answer) ?? (isResumed ? null : totalIn(answer))
  if (place === null || isResumed) return place !== null
  throw new JobError(
    'source-malformed',
    `The answer of ${answer.url} tells of a next page in its ${place}, and the source declares no paginator.`,
    'Declare the `paginator` of the source; the next run reads again. If there is no other page, declare `linkHeader()`, which looks at nothing else.',
    { details: { url: answer.url } },
  )
}

/**
 * Where an answer that the paginator takes for the last one tells of a next page. Without a record, only a flag counts:
 * servers write the link of a next page beyond the last one as well.
 */
function pageAfter(answer: LastAnswer): string | null {
  if (answer.count > 0) return nextPageIn(answer, (field) => saysMore(field))
  return placeOf(envelopeFields(answer.body).find(saysMore))
}

/** Where an answer names a next page (RFC 8288), or tells that there is one; null where it does not. */
function nextPageIn(
  { url, headers, body }: LastAnswer,
  alsoBy: (field: EnvelopeField) => boolean = (field) => saysMore(field) || isNextToken(field),
): string | null {
  const links = headers.link === undefined ? null : parseLinkHeader(headers.link)
  if (links?.some(({ relations }) => relations.includes('next'))) return 'header Link'
  const isNext = (field: EnvelopeField) => isNextName(field) && isUrl(field.value, url)
  return placeOf(envelopeFields(body).find((field) => alsoBy(field) || isNext(field)))
}

function totalIn({ body, count }: LastAnswer): string | null {
  return placeOf(envelopeFields(body).find((field) => announcesMoreThan(field, count)))
}

function placeOf(field: EnvelopeField | undefined): string | null {
  return field ? `field ${field.path}` : null
}

function missedBy({ url }: LastAnswer, place: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} tells of a next page in its ${place}, and the paginator of the source found none.`,
    'Declare the paginator that follows it, or correct its path; where a flag decides, name it in `more` of nextToken or lastRecord.',
    { details: { url } },
  )
}
