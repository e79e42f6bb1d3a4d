import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { parseLargeJson } from '../../http/json'
import { retryAfterMs } from '../../http/retry-after'
import type { HttpResponse } from '../../http/http-client'
import type { PageAnswer } from '../paginators/paginator'
import type { RestSource } from './rest-options'

/**
 * The records of an answer, with its body for the paginator. Errors repeat nothing that the server wrote.
 * @param now wall clock, ms since the epoch
 * @throws JobError `source-refused` for any other status than 200, `source-malformed` for a body without records
 */
export function readPage(
  url: string,
  { records: path, baseUrl }: RestSource,
  { status, headers, body: bytes }: HttpResponse,
  now: number,
): Omit<PageAnswer, 'url'> {
  if (status !== 200) throw refused(url, baseUrl.name, status, retryAfterMs(headers['retry-after'], now))
  const parsed = parseLargeJson(bytes)
  if (parsed.kind !== 'json') {
    throw parsed.kind === 'too-large' ? pageTooLarge(url, parsed.reason) : malformed(url, parsed.reason)
  }
  const records = valueAt(parsed.value, path)
  if (!Array.isArray(records)) throw malformed(url, `has no list of records at "${path}"`)
  return { body: parsed.value, bytes, records }
}

/** Extraction would run out of memory. */
export function pageTooLarge(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    'Ask for smaller pages: most APIs take a page size, which goes into `query` of the source.',
    { details: { url } },
  )
}

function refused(url: string, baseUrl: string, status: number, waitMs: number | null): JobError {
  const wait =
    waitMs === null ? '' : ` and asks to come back later (Retry-After: ${Math.ceil(waitMs / 1000)})`
  return new JobError(
    'source-refused',
    `${url} answered HTTP ${status}${wait}.`,
    status === 401 || status === 403
      ? 'Check the credentials of the source, and what its owner lets them read.'
      : `Check ${baseUrl} and the path of the source; the next run tries again.`,
    { details: { url, status } },
  )
}

function malformed(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    'Compare an answer with the definition of the source.',
    { details: { url } },
  )
}
