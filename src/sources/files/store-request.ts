import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { withRetries } from '../../http/retry-policy'
import type { Reach } from '../../http/address-guard'
import type { DownloadResponse } from '../../http/http-download'
import type { SourceContext } from '../source'

const idleMs = 30_000
const budgetMs = 55_000
const maxListBytes = 4 * 1024 * 1024

/** A GET to a store. */
export interface StoreRequest {
  /** May carry a signature in its query, so it is in no error. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The requested object, for errors: a file, or the list of files. */
  readonly what: string
  /** False to let the transport undo a `Content-Encoding`. Default: the bytes as they are stored. */
  readonly raw?: boolean
  /** For a URL that comes from an answer. */
  readonly reach?: Reach | undefined
  readonly signal: AbortSignal
}

type Context = Pick<SourceContext, 'download' | 'clock' | 'random'>

/**
 * Opens an answer; temporary failures are retried. Each try is signed again, because signatures carry the time.
 * @throws JobError `source-unreachable`
 */
export async function openAnswer(
  context: Context,
  sign: () => Promise<StoreRequest> | StoreRequest,
): Promise<{ readonly answer: DownloadResponse; readonly request: StoreRequest }> {
  let answer: DownloadResponse | null = null
  let request = await sign()
  const send = withRetries(
    async () => {
      answer?.discard()
      answer = null
      request = await sign()
      const { url, headers, raw = true, reach, signal } = request
      answer = await context.download({
        ...{ method: 'GET', url, headers, idleMs, raw, signal },
        ...(reach ? { reach } : {}),
      })
      return { status: answer.status, headers: answer.headers, body: Buffer.alloc(0) }
    },
    { clock: context.clock, random: context.random, tries: 4, budgetMs },
  )
  const { url, signal, what } = request
  await send({ method: 'GET', url, timeoutMs: budgetMs, signal }).catch((error: unknown) => {
    throw unreachable(what, error)
  })
  const opened = answer as DownloadResponse | null
  if (!opened) throw unreachable(what, new TransportError('no answer', 'perhaps', 'network'))
  return { answer: opened, request }
}

/** A small answer, whole. @throws JobError for any status but 200 */
export async function readAnswer(context: Context, sign: () => Promise<StoreRequest>): Promise<Buffer> {
  const { answer, request } = await openAnswer(context, sign)
  if (answer.status !== 200) throw refused(answer, request.what)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytesOf(answer, request.what)) {
    size += chunk.length
    if (size > maxListBytes) throw malformed(request.what, 'is larger than 4 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Not every server knows `If-Match`, so its answer is compared as well. @throws JobError */
export function assertVersion(answer: DownloadResponse, version: string | null, what: string): void {
  if (answer.status !== 200) throw refused(answer, what)
  const { etag } = answer.headers
  if (version === null || etag === undefined || etag === version) return
  answer.discard()
  throw changed(what)
}

/** The body, with the failures of its transport as errors of the source. */
export async function* bytesOf({ body }: DownloadResponse, what: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw unreachable(what, error)
  }
}

/** The error for an answer other than 200; releases the answer. */
export function refused(answer: DownloadResponse, what: string): JobError {
  answer.discard()
  const { status } = answer
  if (status === 412) return changed(what)
  return new JobError(
    'source-refused',
    `The store answered HTTP ${status} for ${what}.`,
    status === 401 || status === 403
      ? 'Check the credential of the store, its rights (list and read), and its region.'
      : 'Check where the store of the source points to; the next run tries again.',
    { details: { what, status } },
  )
}

/** A file that was written to while it was read. */
export function changed(what: string): JobError {
  return malformed(what, 'changed while it was being read; the next run looks again')
}

export function malformed(what: string, fault: string): JobError {
  return new JobError(
    'source-malformed',
    `In the store, ${what} ${fault}.`,
    'Compare the files in the store with the definition of the source.',
    { details: { what } },
  )
}

export function unreachable(what: string, cause: unknown): unknown {
  if (!(cause instanceof TransportError) || cause.reason === 'aborted') return cause
  return new JobError(
    'source-unreachable',
    `The store of the source cannot be reached for ${what}: ${cause.message}.`,
    'Check where the store of the source points to. The next run tries again from the last commit.',
    { cause, details: { what } },
  )
}
