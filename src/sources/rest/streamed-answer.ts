import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { decodedPages } from '../decoders/decoded-pages'
import type { HttpClient, HttpRequest } from '../../http/http-client'
import type { DownloadResponse, HttpDownload } from '../../http/http-download'
import type { Decoder } from '../decoders/decoder'
import type { Page } from '../source'
import type { AnswerRule } from './answer-rules'

/** A client that does not read the body of the last good answer, so that the caller can stream it. */
export interface StreamingClient {
  /** Returns a good answer without its body, and every other answer whole. */
  readonly http: HttpClient
  /** The last good answer; null where there was none, or it was taken before. */
  take(): DownloadResponse | null
  discard(): void
}

/** Limit for an answer that is no page. */
const maxErrorBytes = 1024 * 1024

/**
 * Lets retries, budgets and credentials work on the head of an answer.
 * @param rules a rule that reads the body of a good answer disables streaming
 */
export function streamingClient(download: HttpDownload, rules: readonly AnswerRule[]): StreamingClient {
  const looksInside = rules.some(({ status, body }) => body !== undefined && (status ?? 200) === 200)
  let opened: DownloadResponse | null = null

  function discard(): void {
    opened?.discard()
    opened = null
  }

  return {
    discard,
    take() {
      const taken = opened
      opened = null
      return taken
    },
    async http(request) {
      discard()
      const { method, url, headers = {}, body, signal, timeoutMs } = request
      const answer = await download({
        ...{ method, url, headers, idleMs: timeoutMs },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      })
      const isGood = answer.status === 200
      if (isGood && !looksInside) {
        opened = answer
        return { status: answer.status, headers: answer.headers, body: Buffer.alloc(0) }
      }
      const whole = await wholeBody(answer, request, isGood ? request.maxBytes : maxErrorBytes)
      if (isGood) opened = { ...answer, body: inOnePiece(whole) }
      return { status: answer.status, headers: answer.headers, body: whole }
    },
  }
}

/** What is known at the end of a streamed answer. */
export interface StreamEnd {
  /** The envelope of the records. */
  readonly body: unknown
  /** Records of the answer. */
  readonly count: number
}

/**
 * The pages of an answer as they arrive.
 * @throws JobError `source-unreachable`, `source-malformed`
 */
export async function* streamedPages(
  { headers, body }: DownloadResponse,
  decoder: Decoder,
  { place, baseUrl }: { readonly place: string; readonly baseUrl: string },
): AsyncGenerator<Page, StreamEnd> {
  try {
    const decoded = decoder.decode({ bytes: body, contentType: headers['content-type'] ?? null, place })
    let count = 0
    for await (const page of decodedPages(decoded)) {
      count += page.records.length
      yield page
    }
    return { body: decoded.envelope(), count }
  } catch (error) {
    if (!(error instanceof TransportError) || error.reason === 'aborted') throw error
    throw new JobError(
      'source-unreachable',
      `The answer of the source broke off: ${error.message}.`,
      `Check ${baseUrl}. The next run tries again from the last commit.`,
      { cause: error, details: { place } },
    )
  }
}

async function wholeBody(
  answer: DownloadResponse,
  { method }: HttpRequest,
  maxBytes = 16 * 1024 * 1024,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > maxBytes) {
      throw new TransportError(
        `${method} had an answer of more than ${maxBytes} bytes`,
        'perhaps',
        'too-large',
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

// eslint-disable-next-line @typescript-eslint/require-await -- a decoder reads bodies as streams
async function* inOnePiece(body: Buffer): AsyncIterable<Uint8Array> {
  yield body
}
