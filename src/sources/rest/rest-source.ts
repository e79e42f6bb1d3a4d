import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { withRetries } from '../../http/retry-policy'
import { readBaseUrl } from './base-url'
import { pageTooLarge, readPage } from './read-page'
import { capabilitiesOf, restFaults } from './rest-options'
import type { CachedTokenProvider } from '../../auth/token-provider'
import type { HttpResponse } from '../../http/http-client'
import type { PageQuery } from '../paginators/paginator'
import type { Page, Paging, ReadRequest, Source, SourceContext, SourceDefinition } from '../source'
import type { CapabilityOf, RangeParams, RestSource } from './rest-options'

const pageTimeoutMs = 30_000
/** For all tries of one page, with the waits that the server asks for. */
const pageBudgetMs = 55_000

/** A JSON API that answers GET requests page by page. Its filters decide which sync modes it is fit for. */
export function restSource<
  const Since extends string = never,
  const Range extends RangeParams = never,
  const ClientFilter extends boolean = false,
  const P extends Paging = 'stable',
>(
  definition: RestSource<Since, Range, ClientFilter, P>,
): SourceDefinition<CapabilityOf<Since, Range, ClientFilter>, P> {
  const rest = definition as unknown as RestSource
  const { version = 1, baseUrl, paginator, authentication, inclusiveEnds, clientFilter } = rest
  const faults = restFaults(rest)
  return {
    kind: 'rest',
    version,
    capabilities: capabilitiesOf(rest) as CapabilityOf<Since, Range, ClientFilter>[],
    paging: (paginator?.paging ?? 'stable') as P,
    bringsMore: inclusiveEnds === true || clientFilter === true,
    // A faulty definition may lack them.
    inputs: faults.length > 0 ? [] : [baseUrl, ...(authentication?.inputs ?? [])],
    faults,
    open: (context) => openRest(rest, context),
    consent: authentication?.consent,
  }
}

function openRest(definition: RestSource, context: SourceContext): Source {
  const url = readBaseUrl(definition.baseUrl, context.inputs) + definition.path
  const fetchPage = pageFetcher(definition, context, url)

  return {
    identity: identityOf(url, definition.query),
    async *read(request): AsyncIterable<Page> {
      const paginator = definition.paginator?.open() ?? null
      const query = firstQuery(definition, request, paginator?.first ?? {})
      // A consumer that stops early leaves no request behind.
      const stop = new AbortController()
      const signal = AbortSignal.any([request.signal, stop.signal])
      try {
        let pending: Promise<HttpResponse> | null = fetchPage(query, signal)
        while (pending) {
          const page = readPage(url, definition, await pending, context.clock.now())
          const turn: PageQuery | null = paginator?.next({ ...page, url }) ?? null
          for (const [name, value] of Object.entries(turn ?? {})) query.set(name, value)
          // The page after this one is on its way while this one is worked on; never more than one.
          pending = turn ? fetchPage(query, signal) : null
          pending?.catch(() => undefined)
          yield { records: page.records }
        }
      } finally {
        stop.abort('stopped')
      }
    },
  }
}

/** With another fixed query, the same cursor means other records; so the query is part of the identity. */
function identityOf(url: string, query: RestSource['query']): string {
  const search = new URLSearchParams(query)
  search.sort()
  return search.size === 0 ? url : `${url}?${search.toString()}`
}

function firstQuery(
  { query, sinceParam, rangeParams }: RestSource,
  request: ReadRequest,
  first: PageQuery,
): URLSearchParams {
  const search = new URLSearchParams({ ...query, ...first })
  if (sinceParam !== undefined && request.mode === 'incremental' && request.since !== null) {
    search.set(sinceParam, request.since)
  }
  if (rangeParams && request.mode === 'sliced') {
    search.set(rangeParams.from, request.range.from)
    search.set(rangeParams.to, request.range.to)
  }
  return search
}

type FetchPage = (query: URLSearchParams, signal: AbortSignal) => Promise<HttpResponse>

function pageFetcher(definition: RestSource, context: SourceContext, url: string): FetchPage {
  const { http, clock, random } = context
  const token = definition.authentication?.open(context) ?? null
  const send = withRetries(http, { clock, random, tries: 4, budgetMs: pageBudgetMs })

  /** A token may have been withdrawn before its time: a new one is tried once. */
  return async function fetchPage(query, signal) {
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
      if (!(error instanceof TransportError) || error.reason === 'aborted') throw error
      throw error.reason === 'too-large'
        ? pageTooLarge(url, 'has more bytes than fit into memory')
        : unreachable(url, definition, error)
    }
  }
}

async function authorization(token: CachedTokenProvider | null) {
  if (!token) return { headers: {}, drop: () => Promise.resolve() }
  const current = await token()
  return { headers: { authorization: `Bearer ${current.value}` }, drop: () => token.drop(current) }
}

function unreachable(url: string, { baseUrl }: RestSource, cause: TransportError): JobError {
  return new JobError(
    'source-unreachable',
    `The source cannot be reached: ${cause.message}.`,
    `Check ${baseUrl.name}. The next run tries again from the last commit.`,
    { cause, details: { url } },
  )
}
