import { valueAt } from '../../field-path'
import { reachOf } from '../../http/address-guard'
import { parseLargeJson } from '../../http/json'
import { openAuthentication } from '../authentication/open-authentication'
import { malformed } from '../malformed-answer'
import { readBaseUrl } from '../rest/base-url'
import { writeInstant } from '../rest/instant-format'
import { pageRequest } from '../rest/page-request'
import { placeOf } from '../rest/place'
import { refused } from '../rest/read-page'
import { pageSender } from '../rest/send-page'
import { streamedPages, streamingClient } from '../rest/streamed-answer'
import type { HttpDownload } from '../../http/http-download'
import type { Page, SourceContext } from '../source'
import type { PageRequest } from '../rest/page-request'
import type { ExportSettings, ExportSource } from './export-options'

/** How far an export is. */
export type ExportState =
  | { readonly kind: 'preparing' }
  /** `url`: where to download it. */
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'failed' }

export interface ExportRequests {
  readonly url: string
  /** Asks for an export of a half-open range; returns its id. */
  create(range: { readonly from: number; readonly to: number }, signal: AbortSignal): Promise<string>
  poll(id: string, signal: AbortSignal): Promise<ExportState>
  download(url: string, signal: AbortSignal): AsyncIterable<Page>
}

/** @throws JobError `input-missing`, `input-invalid` */
export function openExportRequests(
  definition: ExportSource,
  { create, poll, download }: ExportSettings,
  context: SourceContext,
): ExportRequests {
  const base = readBaseUrl(definition.baseUrl, context.inputs)
  const signer = openAuthentication(definition.authentication, context)
  const baseUrl = definition.baseUrl.name
  const url = base + create.path
  const sender = {
    baseUrl: definition.baseUrl,
    path: create.path,
    ...(definition.limits ? { limits: definition.limits } : {}),
  }
  const { body } = definition.create

  /** The parsed JSON of a good answer; null after a 404. */
  async function ask(request: PageRequest, place: string, signal: AbortSignal): Promise<unknown> {
    const outcome = await pageSender(sender, context, { url: place, signer, rules: [] })(request, signal)
    if (outcome.kind === 'too-large') throw malformed(place, outcome.reason)
    const { status } = outcome.response
    // A page is a 200; a creation is answered with 201 or 202 as well.
    if (![200, 201, 202].includes(status)) {
      if (status === 404) return null
      throw refused(place, baseUrl, outcome.response, context.clock.now())
    }
    const parsed = parseLargeJson(outcome.response.body)
    if (parsed.kind !== 'json') throw malformed(place, parsed.reason)
    return parsed.value
  }

  function daysOf({ from, to }: { readonly from: number; readonly to: number }) {
    const format = definition.create.format ?? { pattern: 'yyyy-MM-dd', timeZone: definition.days.timeZone }
    const last = create.inclusiveTo ? writeInstant(format, to - 1, 'down') : writeInstant(format, to, 'up')
    return [
      { place: placeOf(definition.create.from), value: writeInstant(format, from, 'down') },
      { place: placeOf(definition.create.to), value: last },
    ]
  }

  return {
    url,
    async create(range, signal) {
      const template = { ...(create.query ? { query: create.query } : {}), ...(body ? { body } : {}) }
      const request = pageRequest(template, url, daysOf(range), { kind: 'values', values: [] })
      const answer = await ask(request, url, signal)
      const id = valueAt(answer, create.id)
      if ((typeof id !== 'string' || id === '') && typeof id !== 'number') {
        throw malformed(url, `has no id of an export at ${create.id}`)
      }
      return String(id)
    },
    async poll(id, signal) {
      const place = base + poll.path
      const request = {
        method: 'GET',
        url: fill(place, id),
        headers: { accept: 'application/json' },
      } as const
      const answer = await ask(request, place, signal)
      const state = answer === null ? null : valueAt(answer, poll.state)
      if (answer === null || poll.failed.includes(String(state))) return { kind: 'failed' }
      if (typeof state !== 'string') throw malformed(place, `has no state at ${poll.state}`)
      if (!poll.ready.includes(state)) return { kind: 'preparing' }
      if ('path' in download) return { kind: 'ready', url: fill(base + download.path, id) }
      const found = valueAt(answer, download.url)
      if (typeof found === 'string' && isSafe(found, base))
        return { kind: 'ready', url: new URL(found, place).href }
      throw malformed(place, `has no https URL at ${download.url}`)
    },
    async *download(address, signal) {
      const isOwn = new URL(address).origin === new URL(base).origin
      const place = new URL(address).origin + new URL(address).pathname
      const reach = reachOf(address, base)
      const guarded: HttpDownload = (request) => context.download({ ...request, ...(reach ? { reach } : {}) })
      const client = streamingClient(guarded, [])
      // Credentials never go to another host.
      const how = { url: place, signer: isOwn ? signer : null, rules: [] }
      const send = pageSender(sender, { ...context, http: client.http }, how)
      try {
        const headers = { accept: definition.decoder.accept }
        const outcome = await send({ method: 'GET', url: address, headers }, signal)
        const answer = client.take()
        if (outcome.kind === 'too-large') throw malformed(place, outcome.reason)
        if (outcome.kind !== 'answer' || !answer)
          throw refused(place, baseUrl, outcome.response, context.clock.now())
        yield* streamedPages(answer, definition.decoder, { place, baseUrl })
      } finally {
        client.discard()
      }
    },
  }
}

function fill(path: string, id: string): string {
  return path.replaceAll('{id}', encodeURIComponent(id))
}

/**
 * The URL comes from the API's answer: plain HTTP is refused beyond the origin of the API. The download then refuses
 * private addresses.
 */
function isSafe(text: string, base: string): boolean {
  if (!URL.canParse(text, base)) return false
  const url = new URL(text, base)
  return url.protocol === 'https:' || url.origin === new URL(base).origin
}
