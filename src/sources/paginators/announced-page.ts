import { parseLinkHeader } from '../../http/link-header'
import { envelopeFields } from './envelope-fields'
import type { EnvelopeField } from './envelope-fields'

/** The part of an answer that may tell of other pages. */
export interface Announcement {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * The place where an answer tells of another page, for an error: the header `Link` with one of these relations
 * (RFC 8288), or the first field that `tells` accepts. Null where it tells of none.
 */
export function announcedPage(
  { headers, body }: Announcement,
  wanted: readonly string[],
  tells: (field: EnvelopeField) => boolean,
): string | null {
  const links = headers.link === undefined ? null : parseLinkHeader(headers.link)
  const isLinked = links?.some(({ relations }) => relations.some((one) => wanted.includes(one)))
  return isLinked ? 'header Link' : announcingField(body, tells)
}

/** The first field that `tells` accepts, for an error; null where there is none. */
export function announcingField(body: unknown, tells: (field: EnvelopeField) => boolean): string | null {
  const found = envelopeFields(body).find(tells)
  return found ? `field ${found.path}` : null
}
