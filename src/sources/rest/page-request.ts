import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import type { HttpRequest } from '../../http/http-client'
import type { Turn } from '../paginators/paginator'
import type { Assignment } from './place'
import type { RestSource } from './rest-options'

/** A request for one page, without credentials. */
export type PageRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

type Template = Pick<RestSource, 'query' | 'headers' | 'body' | 'decoder'>

/**
 * The request for one page.
 * @param url base URL and path; its placeholders are filled in
 * @param values of the read, such as the bounds of a slice
 * @param turn of the paginator: more values, or a URL from an answer, which replaces address and query
 */
export function pageRequest(
  { query, headers, body, decoder }: Template,
  url: string,
  values: readonly Assignment[],
  turn: Turn,
): PageRequest {
  const all = turn.kind === 'values' ? [...values, ...turn.values] : values
  const at = (where: Assignment['place']['in']) => all.filter(({ place }) => place.in === where)
  return {
    method: body ? 'POST' : 'GET',
    url: turn.kind === 'url' ? turn.url : addressOf(url, query, at('path'), at('query')),
    headers: {
      accept: decoder?.accept ?? 'application/json',
      ...(body ? { 'content-type': body.contentType } : {}),
      ...headers,
      ...Object.fromEntries(at('header').map(({ place, value }) => [place.name, String(value)])),
    },
    ...(body ? { body: body.write(at('body')) } : {}),
  }
}

function addressOf(
  url: string,
  query: RestSource['query'],
  inPath: readonly Assignment[],
  inQuery: readonly Assignment[],
): string {
  let address = url
  for (const { place, value } of inPath) {
    if (['', '.', '..'].includes(String(value))) throw notInPath(url, place.name)
    address = address.replaceAll(`{${place.name}}`, encodeURIComponent(String(value)))
  }
  const search = new URLSearchParams(query)
  for (const { place, value } of inQuery) search.set(place.name, String(value))
  return search.size === 0 ? address : `${address}?${search.toString()}`
}

/** A URL with such a segment is another URL. */
function notInPath(url: string, name: string): JobError {
  return new JobError(
    'source-malformed',
    `A value for {${name}} of ${url} is empty, "." or "..", which would ask for another path.`,
    'Compare the values that go into the path with the documentation of the source.',
    { details: { url } },
  )
}

/**
 * With another fixed query, body, header or format, the same cursor means other records; so all of them are part of the
 * identity.
 */
export function identityOf({ query, headers, body, decoder }: Template, url: string): string {
  const search = new URLSearchParams(query)
  search.sort()
  const address = search.size === 0 ? url : `${url}?${search.toString()}`
  const rest = [body?.write([]), headers && Object.entries(headers).sort(), decoder?.kind]
  if (rest.every((part) => part === undefined)) return address
  const digest = createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16)
  return `${address} (${digest})`
}
