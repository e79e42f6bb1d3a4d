import { identityOf, pageRequest } from './page-request'
import { endsBeforeLast } from './pages-left'
import { assertWhole } from './partial-answer'
import { pageTooLarge, refused } from './read-page'
import { valuesOf } from './read-values'
import { pageSender } from './send-page'
import { streamedPages, streamingClient } from './streamed-answer'
import type { Signer } from '../authentication/request-authentication'
import type { Decoder } from '../decoders/decoder'
import type { Page, SourceContext } from '../source'
import type { AnswerRule } from './answer-rules'
import type { RestSource } from './rest-options'
import type { RestReader } from './rest-source'

/** A source of one answer of any size, whose records are yielded as they arrive. */
export function streamedSource(
  definition: RestSource & { readonly decoder: Decoder },
  context: SourceContext,
  how: { readonly url: string; readonly signer: Signer | null; readonly rules: readonly AnswerRule[] },
): RestReader {
  const { url, rules } = how
  const baseUrl = definition.baseUrl.name
  const client = streamingClient(context.download, rules)
  // The budget counts all reads.
  const send = pageSender(definition, { ...context, http: client.http }, how)
  return {
    identity: identityOf(definition, url),
    async *read(request, more = []): AsyncIterable<Page> {
      const stop = new AbortController()
      const signal = AbortSignal.any([request.signal, stop.signal])
      try {
        const turn = { kind: 'values', values: [] } as const
        const values = [...valuesOf(definition, request), ...more]
        const outcome = await send(pageRequest(definition, url, values, turn), signal)
        if (outcome.kind === 'skipped') return
        if (outcome.kind === 'too-large') throw pageTooLarge(url, outcome.reason, definition)
        const answer = client.take()
        if (outcome.kind === 'failed' || !answer)
          throw refused(url, baseUrl, outcome.response, context.clock.now())
        // The header is known before the first record: an error then leaves no record behind.
        endsBeforeLast(definition, request, { url, headers: answer.headers, count: 0 })
        const place = { place: url, baseUrl }
        const end = yield* streamedPages(answer, definition.decoder, place)
        assertWhole(url, end.body, definition.answers)
        const isCut = endsBeforeLast(definition, request, { url, headers: answer.headers, ...end })
        if (isCut) yield { records: [], isCut }
      } finally {
        client.discard()
        stop.abort('stopped')
      }
    },
  }
}
