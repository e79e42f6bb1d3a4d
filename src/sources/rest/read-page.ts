import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { parseLargeJson } from '../../http/json'
import { retryAfterMs } from '../../http/retry-after'
import { decodedPages } from '../decoders/decoded-pages'
import { malformed } from '../malformed-answer'
import type { HttpResponse } from '../../http/http-client'
import type { Decoder } from '../decoders/decoder'
import type { PageAnswer } from '../paginators/paginator'
import type { RestSource } from './rest-options'

/** The content of an answer, or why it is too large to be taken. */
export type PageContent =
  | { readonly kind: 'page'; readonly page: PageAnswer }
  | { readonly kind: 'too-large'; readonly reason: string }

/**
 * The records of an answer, with its body for the paginator. Errors repeat nothing that the server wrote.
 * @throws JobError `source-malformed` for a body without records
 */
export async function readPage(
  { url, address }: Pick<PageAnswer, 'url' | 'address'>,
  { records: path = '', decoder }: RestSource,
  response: HttpResponse,
): Promise<PageContent> {
  const { headers, body: bytes } = response
  if (decoder) {
    const content = await decoded(url, decoder, response)
    return content ? { kind: 'page', page: { url, address, headers, bytes, ...content } } : unpackedTooLarge
  }
  const parsed = parseLargeJson(bytes)
  if (parsed.kind !== 'json') {
    if (parsed.kind === 'too-large') return { kind: 'too-large', reason: parsed.reason }
    throw malformed(url, parsed.reason)
  }
  const records = valueAt(parsed.value, path)
  if (!Array.isArray(records)) throw malformed(url, `has no list of records at "${path}"`)
  return { kind: 'page', page: { url, address, headers, bytes, body: parsed.value, records } }
}

const unpackedTooLarge = { kind: 'too-large', reason: 'unpacks to more than fits into memory' } as const
/** Chunks of 64 KB of text; where they come from a decompression, of 16 KB. */
const maxChunks = 1024

/** Null where the records of a small body, which is compressed, are too many. */
async function decoded(
  place: string,
  decoder: Decoder,
  { headers, body }: HttpResponse,
): Promise<Pick<PageAnswer, 'records' | 'body' | 'fields'> | null> {
  const contentType = headers['content-type'] ?? null
  const content = decoder.decode({ bytes: oneChunk(body), contentType, place })
  const records: unknown[] = []
  let chunks = 0
  let declared: Pick<PageAnswer, 'fields'> = {}
  for await (const { records: chunk, ...rest } of decodedPages(content)) {
    chunks += 1
    if (chunks > maxChunks) return null
    for (const record of chunk) records.push(record)
    declared = rest
  }
  return { records, body: content.envelope(), ...declared }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a decoder reads bodies as streams
async function* oneChunk(body: Buffer): AsyncIterable<Uint8Array> {
  yield body
}

/** Extraction would run out of memory, or the source refuses to send as much. */
export function pageTooLarge(url: string, what: string, { pageSize }: RestSource): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    pageSize
      ? 'It stays too large with the smallest page that `pageSize` of the source allows, or its paginator counts in pages, whose size cannot change during a read. Choose a smaller `size`.'
      : 'Ask for smaller pages: most APIs take a page size, which goes into `pageSize` of the source.',
    { details: { url } },
  )
}

/** @param now wall clock, ms since the epoch */
export function refused(
  url: string,
  baseUrl: string,
  { status, headers }: HttpResponse,
  now: number,
): JobError {
  const waitMs = retryAfterMs(headers['retry-after'], now)
  const wait =
    waitMs === null ? '' : ` and asks to come back later (Retry-After: ${Math.ceil(waitMs / 1000)})`
  return new JobError(
    'source-refused',
    `${url} answered HTTP ${status}${status === 200 ? ' with an error in its body' : wait}.`,
    remedyFor(status, baseUrl),
    { details: { url, status } },
  )
}

function remedyFor(status: number, baseUrl: string): string {
  if (status === 401 || status === 403) {
    return 'Check the credentials of the source, and what its owner lets them read.'
  }
  if (status >= 300 && status < 400) {
    return `Correct ${baseUrl} or the path of the source: a redirect is not followed, because the credentials would go along.`
  }
  return `Check ${baseUrl} and the path of the source; the next run tries again.`
}

/** Pages that were read before would stand for the whole. */
export function skippedLate(url: string, { status }: HttpResponse): JobError {
  return new JobError(
    'source-refused',
    `${url} answered HTTP ${status} to a later page, which the source skips: the rest of the records would be lost.`,
    'Limit the rule with `then: "skip"` to answers that only the first page has. The next run tries again.',
    { details: { url, status } },
  )
}
