import { JobError } from '../../errors'
import type { Body } from './decoder'

/** Longest text of one record; it becomes at most some 40 MB of heap, whatever its structure. */
export const maxRecordChars = 1024 * 1024

/**
 * The error for a body that does not match its decoder. It repeats no text of the server.
 * @param what the end of a sentence about the body
 * @param offset counted after decompression
 */
export function bodyFault(
  { place }: Pick<Body, 'place'>,
  what: string,
  offset?: { readonly at: number; readonly unit: 'byte' | 'character' | 'line' },
): JobError {
  const where = offset === undefined ? '' : ` at ${offset.unit} ${offset.at}`
  return new JobError(
    'source-malformed',
    `The body of ${place} ${what}${where}.`,
    'Compare the body with the decoder of the source; if it broke off or is damaged, the next run reads it again.',
    { details: { place, ...(offset ? { [offset.unit]: offset.at } : {}) } },
  )
}

/** Media types that no decoder accepts. */
const foreign = /html|pdf|openxmlformats|^(?:image|audio|video)\//

/**
 * Refuses a media type that names another format, such as the HTML of a login page. Vague types (`text/plain`,
 * `application/octet-stream`) pass, because stores and file servers use them for everything.
 * @throws JobError `source-malformed`
 */
export function refuseType(body: Body, format: string, others: RegExp): void {
  const media = mediaTypeOf(body.contentType)
  if (media !== null && (foreign.test(media) || others.test(media))) {
    throw bodyFault(body, `came as ${media.slice(0, 80)}, which is not ${format}`)
  }
}

/** The media type in lower case, without parameters; null where it is not well-formed. */
export function mediaTypeOf(contentType: string | null): string | null {
  const media = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(media) ? media : null
}
