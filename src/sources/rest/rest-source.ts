import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { withRetries } from '../../http/retry-policy'
import { valueAt } from './value-at'
import type { CachedTokenProvider } from '../../auth/token-provider'
import type { HttpResponse } from '../../http/http-client'
import type { InputReference } from '../../inputs'
import type {
  Page,
  ReadRequest,
  Source,
  SourceAuthentication,
  SourceContext,
  SourceDefinition,
} from '../source'
import type { Paginator } from '../paginators/paginator'

export interface RestSource {
  /** Raise it when the meaning of the cursor changes. */
  readonly version: number
  readonly baseUrl: InputReference
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** The query parameter that takes the position to resume at, inclusive. */
  readonly sinceParam?: string
  /** The query parameters that take a slice, as half-open ISO 8601 instants. */
  readonly rangeParams?: { readonly from: string; readonly to: string }
  /** Where the records are in the body; '' where the body is the list. */
  readonly records: string
  /** Made anew for each read. Absent: a single page. */
  readonly paginator?: () => Paginator
  readonly authentication?: SourceAuthentication
}

const pageTimeoutMs = 30_000
const pageBudgetMs = 55_000

/** A JSON API that answers GET requests page by page. */
export function restSource(definition: RestSource): SourceDefinition {
  const { version, baseUrl, authentication } = definition
  return {
    kind: 'rest',
    version,
    inputs: [baseUrl, ...(authentication?.inputs ?? [])],
    open: (context) => openRest(definition, context),
    consent: authentication?.consent,
  }
}

function openRest(definition: RestSource, context: SourceContext): Source {
  const { http, clock, random, inputs } = context
  const url = inputs(definition.baseUrl).replace(/\/+$/, '') + definition.path
  const token = definition.authentication?.open(context) ?? null
  const send = withRetries(http, { clock, random, tries: 4, budgetMs: pageBudgetMs })

  async function fetchPage(query: URLSearchParams, signal: AbortSignal): Promise<HttpResponse> {
    for (let renewed = false; ; renewed = true) {
      const { headers, drop } = await authorization(token)
      const response = await attempt(query, headers, signal)
      if (response.status !== 401 || renewed || !token) return response
      await drop()
    }
  }

  async function attempt(
    query: URLSearchParams,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const search = query.toString()
    try {
      return await send({
        method: 'GET',
        url: search === '' ? url : `${url}?${search}`,
        headers: { accept: 'application/json', ...headers },
        timeoutMs: pageTimeoutMs,
        signal,
      })
    } catch (error) {
      if (error instanceof TransportError && error.reason !== 'aborted')
        throw unreachable(url, definition, error)
      throw error
    }
  }

  return {
    identity: url,
    async *read(request): AsyncIterable<Page> {
      const paginator = definition.paginator?.() ?? null
      const query = firstQuery(definition, request)
      let next: Promise<HttpResponse> | null = fetchPage(query, request.signal)
      while (next) {
        const response: HttpResponse = await next
        const page = interpret(url, definition, response)
        const turn: ReturnType<Paginator['next']> | undefined = paginator?.next({
          ...page,
          url,
          headers: response.headers,
          records: page.records.length,
        })
        for (const [name, value] of Object.entries(turn?.query ?? {})) query.set(name, value)
        // The page after this one is on its way while this one is worked on; never more than one.
        next = turn ? fetchPage(query, request.signal) : null
        next?.catch(() => undefined)
        yield { records: page.records }
      }
    },
  }
}

function firstQuery(
  { query, sinceParam, rangeParams }: RestSource,
  { since, range }: ReadRequest,
): URLSearchParams {
  const search = new URLSearchParams(query)
  if (sinceParam && since !== null) search.set(sinceParam, since)
  if (rangeParams && range) {
    search.set(rangeParams.from, range.from)
    search.set(rangeParams.to, range.to)
  }
  return search
}

async function authorization(token: CachedTokenProvider | null) {
  if (!token) return { headers: {}, drop: () => Promise.resolve() }
  const current = await token()
  return { headers: { authorization: `Bearer ${current.value}` }, drop: () => token.drop(current) }
}

function interpret(
  url: string,
  { records: path, baseUrl }: RestSource,
  response: HttpResponse,
): { readonly body: unknown; readonly records: readonly unknown[] } {
  if (response.status !== 200) throw refused(url, baseUrl, response.status)
  let body: unknown
  try {
    body = JSON.parse(response.body.toString('utf8'))
  } catch {
    throw malformed(url, 'is not JSON')
  }
  const records = valueAt(body, path)
  if (!Array.isArray(records)) throw malformed(url, `has no list of records at "${path}"`)
  return { body, records }
}

function unreachable(url: string, { baseUrl }: RestSource, cause: TransportError): JobError {
  return new JobError(
    'source-unreachable',
    `The source cannot be reached: ${cause.message}.`,
    `Check ${baseUrl.name}. The next tick tries again from the last committed position.`,
    { cause, details: { url } },
  )
}

function refused(url: string, { name }: InputReference, status: number): JobError {
  return new JobError(
    'source-refused',
    `${url} answered HTTP ${status}.`,
    status === 401 || status === 403
      ? 'Check the credentials of the source, and what its owner lets them read.'
      : `Check ${name} and the path of the source; the next tick tries again.`,
    { details: { url, status } },
  )
}

function malformed(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    'Compare an answer with the definition of the source.',
  )
}
