import { JobError } from '../errors'
import { TransportError } from '../http/http-client'
import { isPassing, withRetries } from '../http/retry-policy'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client'
import type { BlobStore, WriteCondition } from '../state/blob-store'
import type { Tvm } from './tvm'

const apiVersion = '2021-12-02'
const readTimeoutMs = 20_000
const writeTimeoutMs = 60_000

type BlobRequest = Omit<HttpRequest, 'url'> & { readonly path: string; readonly query?: string }

/**
 * App Builder Files over plain Azure Blob REST, because Adobe's own client has no conditional write.
 * Reads, lists and deletes are repeated; a write is one attempt, whose outcome the caller settles.
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export function createFilesStore(options: {
  readonly tvm: Tvm
  readonly http: HttpClient
  readonly clock: Clock
  readonly random: () => number
}): BlobStore {
  const { tvm, clock, random } = options
  const once = options.http
  const patiently = withRetries(once, { clock, random, tries: 5, budgetMs: 60_000 })

  /** A grant that ran out early is renewed once; a second 403 means that it is not a matter of time. */
  async function send(
    http: HttpClient,
    { path, query = '', ...request }: BlobRequest,
  ): Promise<HttpResponse> {
    for (let renewed = false; ; renewed = true) {
      const container = await tvm.container()
      const name = path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`
      const response = await http({
        ...request,
        url: `${container.origin}${container.pathname}${name}${container.search}${query}`,
        headers: { 'x-ms-version': apiVersion, ...request.headers },
      })
      if (response.status !== 403) return response
      if (renewed) throw refused(path)
      tvm.drop(container)
    }
  }

  /** For what may be repeated: whatever passes was retried, so what is left is out of reach. */
  async function ask(request: BlobRequest, accepted: readonly number[]): Promise<HttpResponse> {
    const response = await send(patiently, request).catch((error: unknown) => {
      if (error instanceof TransportError && error.reason !== 'aborted')
        throw unreachable(request.path, error.message)
      throw error
    })
    if (!accepted.includes(response.status)) throw unreachable(request.path, `HTTP ${response.status}`)
    return response
  }

  return {
    async read(path, signal) {
      const response = await ask(
        { method: 'GET', path, timeoutMs: readTimeoutMs, ...abortable(signal) },
        [200, 404],
      )
      const { date = '', etag, 'last-modified': modified = '' } = response.headers
      const storeNow = Date.parse(date)
      if (response.status === 404 || etag === undefined) return { etag: null, storeNow }
      return { body: response.body, etag, modifiedAt: Date.parse(modified), storeNow }
    },

    async write(path, body, condition, signal) {
      const request: BlobRequest = {
        method: 'PUT',
        path,
        headers: {
          'x-ms-blob-type': 'BlockBlob',
          'content-type': contentType(path),
          ...conditionHeader(condition),
        },
        body,
        timeoutMs: writeTimeoutMs,
        ...abortable(signal),
      }
      let response: HttpResponse
      try {
        response = await send(once, request)
      } catch (error) {
        if (error instanceof TransportError && error.reason !== 'aborted') {
          return { kind: 'unknown', message: error.message }
        }
        throw error
      }
      const { status, headers } = response
      if (status === 201 && headers.etag !== undefined) {
        return { kind: 'written', etag: headers.etag, storeNow: Date.parse(headers.date ?? '') }
      }
      if (status === 409 || status === 412) return { kind: 'conflict' }
      if (isPassing(response)) return { kind: 'unknown', message: `HTTP ${status}` }
      throw refused(path)
    },

    async delete(path, signal) {
      await ask({ method: 'DELETE', path, timeoutMs: readTimeoutMs, ...abortable(signal) }, [202, 404])
    },

    async *list(prefix, signal) {
      let marker: string | null = ''
      while (marker !== null) {
        const query = `&restype=container&comp=list&prefix=${encodeURIComponent(prefix)}&marker=${encodeURIComponent(marker)}`
        const request = {
          method: 'GET',
          path: '',
          query,
          timeoutMs: readTimeoutMs,
          ...abortable(signal),
        } as const
        const xml = (await ask(request, [200])).body.toString('utf8')
        for (const [, name = ''] of xml.matchAll(/<Name>([^<]*)<\/Name>/g)) yield unescapeXml(name)
        // A page is not the whole, even an empty one: only a missing marker ends the list.
        const next: string = /<NextMarker>([^<]+)<\/NextMarker>/.exec(xml)?.[1] ?? ''
        marker = next === '' ? null : unescapeXml(next)
      }
    },
  }
}

function conditionHeader(condition: WriteCondition): Record<string, string> {
  return 'ifMatch' in condition ? { 'if-match': condition.ifMatch } : { 'if-none-match': '*' }
}

function contentType(path: string): string {
  return path.endsWith('.json') ? 'application/json' : 'application/octet-stream'
}

function abortable(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {}
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? '')
}

function unreachable(path: string, message: string): JobError {
  return new JobError(
    'store-unreachable',
    `App Builder Files cannot be reached for ${path === '' ? 'a list' : path}: ${message}.`,
    'Nothing is lost: the next tick carries on. If it stays, check status.adobe.com.',
  )
}

function refused(path: string): JobError {
  return new JobError(
    'store-refused',
    `App Builder Files refused access to ${path === '' ? 'a list' : path}.`,
    'Check that Files is enabled for this workspace and deploy again with its credentials.',
  )
}
