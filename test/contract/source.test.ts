import { createServer } from 'node:http'
import * as jsonServer from 'json-server'
import { startEmulator } from '../../emulators/emulator'
import { systemClock } from '../../src/clock'
import { input, secret } from '../../src/inputs'
import { join } from '../../src/definition/join'
import { openEnrichment } from '../../src/pipeline/joins/enrichment'
import { apiKey } from '../../src/sources/authentication/api-key'
import { jsonLines } from '../../src/sources/decoders/json-lines'
import { lastRecord } from '../../src/sources/paginators/last-record'
import { linkHeader } from '../../src/sources/paginators/link-header'
import { nextToken } from '../../src/sources/paginators/next-token'
import { nextUrl } from '../../src/sources/paginators/next-url'
import { offset } from '../../src/sources/paginators/offset'
import { pageNumber } from '../../src/sources/paginators/page-number'
import { childSource } from '../../src/sources/rest/child-source'
import { inBody, inHeader, inPath } from '../../src/sources/rest/place'
import { formBody, graphql, jsonBody } from '../../src/sources/rest/request-body'
import { restSource } from '../../src/sources/rest/rest-source'
import { exportSource } from '../../src/sources/exports/export-source'
import { fileSource } from '../../src/sources/files/file-source'
import { sourceContext } from '../fixtures/source-context'
import { memoryFileStore } from '../unit/sources/files/memory-file-store'
import { describeSource, fromBeginning, items } from './source.contract'
import { loopbackHttp } from '../fixtures/loopback-http'
import type { AddressInfo } from 'node:net'
import type { LoggedRequest, Reply } from '../../emulators/emulator'
import type { HttpClient } from '../../src/http/http-client'
import type { Enriched } from '../../src/pipeline/joins/enrichment'
import type { RestSource } from '../../src/sources/rest/rest-options'
import type { Source } from '../../src/sources/source'
import type { Item, SourceUnderTest } from './source.contract'

const signal = new AbortController().signal
const future = new Date(Date.UTC(2099, 0, 1)).toISOString()
const authentication = apiKey({ query: 'key', value: secret('API_KEY') })

/** Counts the requests that somebody waits for. */
function watchedHttp(): { readonly http: HttpClient; readonly pending: () => number } {
  const open = new Set<symbol>()
  const http: HttpClient = async (request) => {
    const id = Symbol()
    open.add(id)
    // An aborted request ends a little later; what counts is that nobody waits for it.
    request.signal?.addEventListener('abort', () => open.delete(id), { once: true })
    return loopbackHttp(request).finally(() => open.delete(id))
  }
  return { http, pending: () => open.size }
}

function openRest(url: string, definition: Partial<RestSource>) {
  const { http, pending } = watchedHttp()
  const rest = {
    baseUrl: input('API_BASE_URL'),
    path: '/things',
    records: 'data',
    authentication,
    ...definition,
  }
  const opened = restSource(rest as unknown as RestSource)
  expect(opened.faults).toEqual([])
  const inputs = { API_BASE_URL: url, API_KEY: 'canary-key' }
  return { source: opened.open(sourceContext({ inputs, http })), pending }
}

const resume: SourceUnderTest['resume'] = (read) => ({
  mode: 'incremental',
  since: read.at(-1)?.at ?? null,
  sinceMs: Date.parse(read.at(-1)?.at ?? ''),
  signal,
})

interface Asked {
  readonly query: URLSearchParams
  readonly headers: LoggedRequest['headers']
  readonly body: unknown
}

/** A server with pages of three; `page` picks what comes after what was asked for. */
async function startPaged(
  definition: Partial<RestSource>,
  answer: (found: readonly Item[], asked: Asked) => Reply,
  started: (url: string) => void = () => undefined,
): Promise<SourceUnderTest> {
  let stored: readonly Item[] = items(0, 7)
  const server = await startEmulator(({ url, headers, body }) => {
    const { searchParams: query } = new URL(url, 'http://x')
    if (query.get('key') !== 'canary-key') return { status: 401 }
    const text = String(body)
    const asked = { query, headers, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text }
    const since = sinceOf(asked)
    return answer(
      stored.filter(({ at }) => at >= since),
      asked,
    )
  })
  started(server.url)
  return {
    ...openRest(server.url, { sinceParam: 'since', ...definition }),
    add: (...added) => void (stored = [...stored, ...added]),
    resume,
    begin: fromBeginning,
    future: {
      request: { mode: 'incremental', since: future, sinceMs: Date.parse(future), signal },
      expected: 'nothing',
    },
    stop: () => server.stop(),
  }
}

function sinceOf({ query, headers, body }: Asked): string {
  const fields = typeof body === 'string' ? Object.fromEntries(new URLSearchParams(body)) : body
  const { since: inFields, variables } = fields as { since?: string | number; variables?: { since?: string } }
  const inHeaders = headers['x-since'] as string | undefined
  const since = String(query.get('since') ?? inHeaders ?? variables?.since ?? inFields ?? '')
  return /^\d+$/.test(since) ? new Date(Number(since) * 1000).toISOString() : since
}

const size = 3
const skipped = (found: readonly Item[], skip: number) => found.slice(skip, skip + size)
const token = (found: readonly Item[], skip: number) =>
  skip + size < found.length ? String(skip + size) : null
const number = (value: unknown) => Number(value ?? 0)

describeSource('nextToken in the body', () =>
  startPaged({ paginator: nextToken({ path: 'next', param: 'token' }) }, (found, { query }) => {
    const skip = number(query.get('token'))
    return { status: 200, body: { data: skipped(found, skip), next: token(found, skip) } }
  }),
)

describeSource('nextToken in a header, cursor in a header', () =>
  startPaged(
    {
      sinceParam: inHeader('X-Since'),
      paginator: nextToken({ header: 'x-next', param: inHeader('x-token') }),
    },
    (found, { headers }) => {
      const skip = number(headers['x-token'])
      return {
        status: 200,
        headers: { 'x-next': token(found, skip) ?? '' },
        body: { data: skipped(found, skip) },
      }
    },
  ),
)

describeSource('offset in a JSON body, cursor in seconds', () =>
  startPaged(
    {
      ...{ body: jsonBody({ sort: 'at' }), sinceParam: inBody('since'), sinceFormat: 's' },
      paginator: offset({ param: inBody('page.skip'), total: 'total' }),
    },
    (found, { body }) => {
      const { page } = body as { page: { skip: number } }
      return { status: 200, body: { data: skipped(found, page.skip), total: found.length } }
    },
  ),
)

describeSource('pageNumber in a form', () =>
  startPaged(
    {
      body: formBody({ kind: 'a' }),
      sinceParam: inBody('since'),
      paginator: pageNumber({ param: inBody('page') }),
    },
    (found, { body }) => {
      const page = number(new URLSearchParams(body as string).get('page'))
      return { status: 200, body: { data: skipped(found, (page - 1) * size) } }
    },
  ),
)

describeSource('GraphQL with variables', () =>
  startPaged(
    {
      ...{ body: graphql('query { things }'), sinceParam: inBody('since'), records: 'data.things' },
      paginator: nextToken({ path: 'data.end', more: 'data.more', param: inBody('after') }),
    },
    (found, { body }) => {
      const skip = number((body as { variables: { after?: string } }).variables.after)
      const end = token(found, skip)
      return { status: 200, body: { data: { things: skipped(found, skip), end, more: end !== null } } }
    },
  ),
)

describeSource('lastRecord', () =>
  startPaged({ paginator: lastRecord({ path: 'id', param: 'after' }) }, (found, { query }) => {
    const after = query.get('after')
    const left = after === null ? found : found.filter(({ id }) => id > Number(after))
    return { status: 200, body: { data: left.slice(0, size) } }
  }),
)

describeSource('nextUrl', () =>
  startPaged({ paginator: nextUrl({ path: 'next' }) }, (found, { query }) => {
    const skip = number(query.get('skip'))
    const next = token(found, skip)
    const since = query.get('since') ?? ''
    return {
      status: 200,
      body: {
        data: skipped(found, skip),
        next: next && `/things?${new URLSearchParams({ since, skip: next }).toString()}`,
      },
    }
  }),
)

/** Each record joined with itself, by a second source of the same server. */
async function startJoined(): Promise<SourceUnderTest> {
  const second: { source: Source; pending: () => number }[] = []
  const paged = await startPaged(
    { paginator: nextToken({ path: 'next', param: 'token' }) },
    (found, { query }) => {
      const skip = number(query.get('token'))
      return { status: 200, body: { data: skipped(found, skip), next: token(found, skip) } }
    },
    (url) => second.push(openRest(url, { paginator: nextToken({ path: 'next', param: 'token' }) })),
  )
  const same = join({
    ...{ source: restSource({ baseUrl: input('API_BASE_URL'), path: '/things', records: 'data' }) },
    ...{ key: 'id', by: 'id', fields: ['at'], whenUnmatched: 'null' },
  })
  function opened(): Source {
    const [one] = second
    if (!one) throw new RangeError('the server has started')
    return one.source
  }
  const enrichment = openEnrichment({ joins: { same } }, opened)
  return {
    ...paged,
    source: {
      identity: paged.source.identity,
      async *read(request) {
        const enrich = await enrichment?.load(request.signal)
        for await (const { records } of paged.source.read(request)) {
          yield { records: records.map((raw) => recordOf(enrich?.(raw))) }
        }
      },
    },
    pending: () => paged.pending() + (second[0]?.pending() ?? NaN),
  }
}

function recordOf(enriched: Enriched | undefined): unknown {
  if (enriched?.kind !== 'enriched') throw new RangeError('every record has a match or null')
  const { id, at, same } = enriched.record as Item & { readonly same: { readonly at: string } | null }
  // Those that were added after the second source was read have none.
  expect(same).toEqual(id < 7 ? { at } : null)
  return enriched.record
}

describeSource('a source with a join', startJoined)

/**
 * Orders with their lines. @param bounds whether the orders or the lines are filtered by a slice @param orderOf an item
 */
async function startChildren(
  bounds: 'parent' | 'child',
  orderOf: (item: Item) => number,
): Promise<SourceUnderTest> {
  let stored: readonly Item[] = items(0, 7)
  const rangeParams = { from: 'from', to: 'to' }
  const server = await startEmulator(({ url }) => {
    const { pathname, searchParams: query } = new URL(url, 'http://x')
    if (query.get('key') !== 'canary-key') return { status: 401 }
    const [, , order] = pathname.split('/')
    const isAsked = ({ at }: Item) => at >= (query.get('from') ?? '') && at < (query.get('to') ?? '9')
    const found = stored.filter(isAsked)
    // Order 99 has no lines.
    const orders = [...new Set([99, ...found.map(orderOf)])].map((id) => ({ id, at: stored[0]?.at }))
    const all = order === undefined ? orders : found.filter((item) => orderOf(item) === Number(order))
    const skip = number(query.get('token'))
    const next = skip + size < all.length ? String(skip + size) : null
    return { status: 200, body: { data: all.slice(skip, skip + size), next } }
  })
  const paging = { paginator: nextToken({ path: 'next', param: 'token' }), authentication, records: 'data' }
  const baseUrl = input('API_BASE_URL')
  const parent = { baseUrl, path: '/orders', ...paging }
  const child = { baseUrl, path: '/orders/{order}/lines', ...paging }
  const fill = { fill: { id: inPath('order') }, carry: { as: 'order', fields: ['id'] } } as const
  const definition =
    bounds === 'parent'
      ? childSource({ parent: restSource({ ...parent, rangeParams }), child, ...fill })
      : childSource({ parent: restSource(parent), child: { ...child, rangeParams }, ...fill })
  expect(definition.faults).toEqual([])
  const watched = watchedHttp()
  const inputs = { API_BASE_URL: server.url, API_KEY: 'canary-key' }
  const slice = (from: string, to: string) => ({ mode: 'sliced', range: { from, to }, signal }) as const
  return {
    source: definition.open(sourceContext({ inputs, http: watched.http })),
    pending: watched.pending,
    add: (...added) => void (stored = [...stored, ...added]),
    resume: (read) => slice(read.at(-1)?.at ?? '', future),
    begin: { mode: 'full-refresh', signal },
    future: { request: slice(future, '2100-01-01T00:00:00.000Z'), expected: 'nothing' },
    stop: () => server.stop(),
  }
}

describeSource('children of parents that are filtered', () => startChildren('parent', ({ id }) => id))
describeSource('children that are filtered, of two parents', () =>
  startChildren('child', ({ id }) => (id < 4 ? 1 : 2)),
)

describeSource('one page in JSON Lines', () =>
  startPaged({ decoder: jsonLines(), records: undefined } as unknown as Partial<RestSource>, (found) => ({
    status: 200,
    headers: { 'content-type': 'application/x-ndjson' },
    body: found.map((item) => `${JSON.stringify(item)}\n`).join(''),
  })),
)

/** An independent implementation of a REST server, with its own paging and `Link` headers. */
async function startJsonServer(definition: Partial<RestSource>): Promise<SourceUnderTest> {
  const stored = { things: items(0, 7) }
  const router = jsonServer.router(stored)
  const app = jsonServer.create()
  app.use(router)
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const query = { _sort: 'id', _limit: '3' }
  return {
    ...openRest(url, { records: '', sinceParam: 'at_gte', query, ...definition }),
    add: (...added) => void stored.things.push(...added),
    resume,
    begin: fromBeginning,
    future: { request: { mode: 'incremental', since: future, signal }, expected: 'nothing' },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describeSource('linkHeader at json-server', () =>
  startJsonServer({ query: { _sort: 'id', _limit: '3', _page: '1' }, paginator: linkHeader() }),
)
describeSource('pageNumber at json-server', () =>
  startJsonServer({ paginator: pageNumber({ param: '_page' }) }),
)
describeSource('offset at json-server', () => startJsonServer({ paginator: offset({ param: '_start' }) }))

describeSource('files', () => {
  const lines = (all: readonly Item[]) => all.map((item) => `${JSON.stringify(item)}\n`).join('')
  const store = memoryFileStore({ 'a.jsonl': lines(items(0, 4)), 'b.jsonl': lines(items(4, 7)) })
  const { definition } = store
  const open: typeof definition.open = (context) => {
    const opened = definition.open(context)
    return {
      ...opened,
      list(prefix, aborts) {
        aborts.throwIfAborted()
        return opened.list(prefix, aborts)
      },
    }
  }
  const clock = { ...systemClock, now: () => Date.parse('2026-11-21T12:00:00Z') }
  const source = fileSource({ store: { ...definition, open }, decoder: jsonLines() })
  return Promise.resolve<SourceUnderTest>({
    source: source.open(sourceContext({ clock })),
    add: (...added) => void store.files.set('c.jsonl', { content: lines(added), modified: 0 }),
    resume: (_read, cursor) => ({ mode: 'incremental', since: cursor ?? null, signal }),
    begin: fromBeginning,
    future: { request: { mode: 'incremental', since: '{"of":"another source"}', signal }, expected: 'error' },
    pending: () => 0,
    stop: () => Promise.resolve(),
  })
})

describeSource('exports', async () => {
  const day = 24 * 3_600_000
  const begin = Date.parse('2026-01-01T00:00:00Z')
  let stored: readonly { readonly day: number; readonly item: Item }[] = items(0, 7).map((item) => ({
    item,
    day: begin,
  }))
  let now = begin + 1.5 * day
  const ranges: { readonly from: number; readonly to: number }[] = []
  const server = await startEmulator(({ method, url: asked, body }) => {
    const { pathname: url } = new URL(asked, 'http://x')
    if (method === 'POST') {
      const { from, to } = JSON.parse(String(body)) as { from: string; to: string }
      return { status: 201, body: { id: ranges.push({ from: Date.parse(from), to: Date.parse(to) }) } }
    }
    if (url.startsWith('/state/')) return { status: 200, body: { state: 'ready' } }
    const { from, to } = ranges[Number(url.split('/').at(-1)) - 1] ?? { from: 0, to: 0 }
    const found = stored.filter((entry) => entry.day >= from && entry.day < to)
    return { status: 200, body: found.map(({ item }) => `${JSON.stringify(item)}\n`).join('') }
  })
  const definition = exportSource({
    baseUrl: input('API_BASE_URL'),
    authentication,
    days: { start: '2026-01-01', timeZone: 'UTC' },
    create: { path: '/exports', body: jsonBody(), from: inBody('from'), to: inBody('to'), id: 'id' },
    poll: { path: '/state/{id}', state: 'state', ready: ['ready'] },
    download: { path: '/file/{id}' },
    decoder: jsonLines(),
  })
  expect(definition.faults).toEqual([])
  const inputs = { API_BASE_URL: server.url, API_KEY: 'canary-key' }
  return {
    source: definition.open(sourceContext({ inputs, clock: { ...systemClock, now: () => now } })),
    add(...added) {
      stored = [...stored, ...added.map((item) => ({ item, day: begin + day }))]
      now += day
    },
    resume: (_read, cursor) => ({ mode: 'incremental', since: cursor ?? null, signal }),
    begin: fromBeginning,
    future: { request: { mode: 'incremental', since: future, signal }, expected: 'nothing' },
    pending: () => 0,
    stop: () => server.stop(),
  }
})
