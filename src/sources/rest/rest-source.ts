import { openAuthentication } from '../authentication/open-authentication'
import { readBaseUrl } from './base-url'
import { identityOf, pageRequest } from './page-request'
import { openPageSize } from './page-size'
import { endsBeforeLast } from './pages-left'
import { assertWhole } from './partial-answer'
import { pageTooLarge, readPage, refused, skippedLate } from './read-page'
import { valuesOf } from './read-values'
import { restFaults } from './rest-faults'
import { capabilitiesOf } from './rest-options'
import { pageSender } from './send-page'
import { streamedSource } from './streamed-source'
import type { PageAnswer, Turn } from '../paginators/paginator'
import type { Page, Paging, ReadRequest, Source, SourceContext, SourceDefinition } from '../source'
import type { Assignment, Param } from './place'
import type { CapabilityOf, RangeParams, RestSource } from './rest-options'
import type { PageOutcome, SendPage } from './send-page'

/** An HTTP API that answers page by page. Its filters decide which sync modes a job can use. */
export function restSource<
  const Since extends Param = never,
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
    consent: authentication && 'consent' in authentication ? authentication.consent : undefined,
  }
}

/** An answer to GraphQL may have errors beside some data, with the status 200. */
const graphqlErrors = { status: 200, body: { path: 'errors' }, then: 'fail' } as const

/** A source whose requests can take values from elsewhere, such as those of a parent. */
export interface RestReader extends Source {
  read(request: ReadRequest, values?: readonly Assignment[]): AsyncIterable<Page>
}

/** @throws JobError `input-missing`, `input-invalid` */
export function openRest(definition: RestSource, context: SourceContext): RestReader {
  const url = readBaseUrl(definition.baseUrl, context.inputs) + definition.path
  const signer = openAuthentication(definition.authentication, context)
  const rules = [
    ...(definition.answers ?? []),
    ...(definition.body?.kind === 'graphql' ? [graphqlErrors] : []),
  ]
  const { decoder, paginator: pages } = definition
  if (decoder && !pages) return streamedSource({ ...definition, decoder }, context, { url, signer, rules })
  const send = pageSender(definition, context, { url, signer, rules })

  return {
    identity: identityOf(definition, url),
    async *read(request, more = []): AsyncIterable<Page> {
      const paginator = definition.paginator?.open() ?? null
      // A consumer that stops early aborts the pending request.
      const stop = new AbortController()
      const signal = AbortSignal.any([request.signal, stop.signal])
      const values = [...valuesOf(definition, request), ...more]
      const fetch = pageFetcher(definition, url, values, send, signal)
      try {
        let turn: Turn | null = { kind: 'values', values: paginator?.first ?? [] }
        let pending: Promise<PageOutcome> | null = fetch.begin(turn)
        for (let isFirst = true; turn && pending; isFirst = false) {
          const page = await fetch.finish(pending, turn, { isFirst, now: context.clock.now() })
          if (!page) return
          assertWhole(url, page.body, definition.answers)
          turn = paginator?.next(page) ?? null
          const { records, fields } = page
          const isCut = !turn && endsBeforeLast(definition, request, { ...page, count: records.length })
          // Prefetches the next page, and only that, while this page is processed.
          pending = turn && fetch.begin(turn)
          pending?.catch(() => undefined)
          yield { records, ...(fields ? { fields } : {}), ...(isCut ? { isCut } : {}) }
        }
      } finally {
        stop.abort('stopped')
      }
    },
  }
}

function pageFetcher(
  definition: RestSource,
  url: string,
  values: readonly Assignment[],
  send: SendPage,
  signal: AbortSignal,
) {
  const size = openPageSize(definition)

  /** Where the last request went: relative URLs of its answer begin there. */
  let address = url

  function begin(turn: Turn): Promise<PageOutcome> {
    const request = pageRequest(definition, url, [...values, ...size.values()], turn)
    address = request.url
    return send(request, signal)
  }

  /** Null where the source declares that the answer stands for no records. */
  async function finish(
    pending: Promise<PageOutcome>,
    turn: Turn,
    { isFirst, now }: { readonly isFirst: boolean; readonly now: number },
  ): Promise<PageAnswer | null> {
    for (let outcome = await pending; ; outcome = await begin(turn)) {
      if (outcome.kind === 'failed') throw refused(url, definition.baseUrl.name, outcome.response, now)
      if (outcome.kind === 'skipped' && isFirst) return null
      if (outcome.kind === 'skipped') throw skippedLate(url, outcome.response)
      const content =
        outcome.kind === 'answer' ? await readPage({ url, address }, definition, outcome.response) : outcome
      if (content.kind === 'page') return content.page
      if (!size.shrink()) throw pageTooLarge(url, content.reason, definition)
    }
  }

  return { begin, finish }
}
