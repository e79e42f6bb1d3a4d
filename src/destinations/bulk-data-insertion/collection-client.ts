import { multipartFile } from '../multipart-file'
import { createSingleAttempts } from '../single-attempts'
import { lookupAnswer, sendAnswer, verifyAnswer } from './answers'
import type {
  BatchFacts,
  DestinationContext,
  KeyLookupAnswer,
  OutgoingBatch,
  SendAnswer,
  SendWindow,
  VerifyAnswer,
} from '../destination'
import type { FilePart } from '../multipart-file'
import type { Answer, SingleRequest } from '../single-attempts'

/** The three requests of the API, single attempts. @throws JobError of the token */
export interface CollectionClient {
  /** POST /events */
  upload(batch: OutgoingBatch, window: SendWindow): Promise<SendAnswer>
  /** GET /events/key/{key} */
  lookup(batch: BatchFacts, signal: AbortSignal): Promise<KeyLookupAnswer>
  /** POST /events/validate */
  validate(batch: OutgoingBatch, signal: AbortSignal): Promise<VerifyAnswer>
}

export function createCollectionClient(
  context: Pick<DestinationContext, 'http' | 'clock' | 'endpoints' | 'authorize' | 'redact'>,
): CollectionClient {
  const base = `${context.endpoints.collection}/aa/collect/v1/events`
  const { call: callOnce, reading } = createSingleAttempts(context, base)

  function call({ partition }: BatchFacts, { headers, ...request }: SingleRequest): Promise<Answer> {
    return callOnce({ ...request, headers: { 'x-adobe-vgid': partition, ...headers } })
  }

  return {
    async upload(batch, { signal, isOpen }) {
      const { headers, body } = multipartFile(gzipPart(batch))
      const keyed = { ...headers, 'x-adobe-idempotency-key': batch.id }
      const request = { method: 'POST', path: '', headers: keyed, body, signal, mayLeave: isOpen } as const
      return sendAnswer(await call(batch, request), reading())
    },
    async lookup(batch, signal) {
      const path = `/key/${encodeURIComponent(batch.id)}`
      return lookupAnswer(await call(batch, { method: 'GET', path, signal }), reading())
    },
    async validate(batch, signal) {
      const { headers, body } = multipartFile(gzipPart(batch))
      const request = { method: 'POST', path: '/validate', headers, body, signal } as const
      return verifyAnswer(await call(batch, request), reading())
    },
  }
}

function gzipPart({ fileName, bytes }: OutgoingBatch): FilePart {
  return { name: fileName, contentType: 'application/gzip', bytes }
}
