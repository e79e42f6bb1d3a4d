import { TransportError } from '../../http/http-client'
import { multipartFile } from '../multipart-file'
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
import type { Answer } from './answers'

/** The three requests of the API, single attempts. @throws JobError of the token */
export interface CollectionClient {
  /** POST /events */
  upload(batch: OutgoingBatch, window: SendWindow): Promise<SendAnswer>
  /** GET /events/key/{key} */
  lookup(batch: BatchFacts, signal: AbortSignal): Promise<KeyLookupAnswer>
  /** POST /events/validate */
  validate(batch: OutgoingBatch, signal: AbortSignal): Promise<VerifyAnswer>
}

/** Adobe closes the connection itself after 60 s. */
const requestTimeoutMs = 60_000

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly batch: BatchFacts
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly signal: AbortSignal
  readonly mayLeave?: () => boolean
}

const closed = new TransportError('The send window had closed.', 'no', 'aborted')

export function createCollectionClient({
  http,
  clock,
  endpoints,
  authorize,
  redact,
}: Pick<DestinationContext, 'http' | 'clock' | 'endpoints' | 'authorize' | 'redact'>): CollectionClient {
  const base = `${endpoints.collection}/aa/collect/v1/events`
  const reading = () => ({ now: clock.now(), redact })

  async function call({ method, path, batch, headers, body, signal, mayLeave }: Call): Promise<Answer> {
    const authorization = await authorize()
    if (mayLeave && !mayLeave()) return closed
    try {
      const response = await http({
        method,
        url: base + path,
        headers: {
          ...authorization.headers,
          accept: 'application/json',
          'x-adobe-vgid': batch.partition,
          ...headers,
        },
        ...(body ? { body } : {}),
        timeoutMs: requestTimeoutMs,
        signal,
      })
      if (response.status === 401) await authorization.drop()
      return response
    } catch (error) {
      if (error instanceof TransportError) return error
      throw error
    }
  }

  return {
    async upload(batch, { signal, isOpen }) {
      const { headers, body } = multipartFile(gzipPart(batch))
      const keyed = { ...headers, 'x-adobe-idempotency-key': batch.id }
      const request: Call = {
        method: 'POST',
        path: '',
        batch,
        headers: keyed,
        body,
        signal,
        mayLeave: isOpen,
      }
      return sendAnswer(await call(request), reading())
    },
    async lookup(batch, signal) {
      const path = `/key/${encodeURIComponent(batch.id)}`
      return lookupAnswer(await call({ method: 'GET', path, batch, signal }), reading())
    },
    async validate(batch, signal) {
      const { headers, body } = multipartFile(gzipPart(batch))
      const request: Call = { method: 'POST', path: '/validate', batch, headers, body, signal }
      return verifyAnswer(await call(request), reading())
    },
  }
}

function gzipPart({ fileName, bytes }: OutgoingBatch): FilePart {
  return { name: fileName, contentType: 'application/gzip', bytes }
}
