import * as z from 'zod'
import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { withRetries } from '../../http/retry-policy'
import { failure, unreachable } from './blob-failure'
import { parseListPage } from './blob-list-page'
import { signBlobRequests } from './blob-request'
import type { Clock } from '../../clock'
import type { HttpClient, HttpResponse } from '../../http/http-client'
import type { BlobStore, WriteAnswer, WriteCondition } from '../../state/blob-store'
import type { BlobRequest } from './blob-request'
import type { Tvm } from './tvm'

const httpDate = z.coerce.date().transform((date) => date.getTime())
const AnswerHeaders = z.object({ date: httpDate })
const WrittenHeaders = AnswerHeaders.extend({ etag: z.string().min(1) })
const BlobHeaders = WrittenHeaders.extend({ 'last-modified': httpDate })

/**
 * App Builder Files through the Blob REST API, which has the conditional writes that `aio-lib-files` lacks. Reads,
 * lists and deletes are retried within a minute; a write is one attempt.
 * @see https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function createFilesStore(options: {
  readonly tvm: Tvm
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
}): BlobStore {
  const { tvm, http, clock, random } = options
  const sendOnce = signBlobRequests(http, tvm)
  const sendPatiently = signBlobRequests(
    withRetries(http, { clock, random, tries: 4, budgetMs: 60_000 }),
    tvm,
  )

  /** Sends an idempotent request, with retries. */
  async function ask(request: BlobRequest): Promise<HttpResponse> {
    try {
      return await sendPatiently(request)
    } catch (error) {
      request.signal?.throwIfAborted()
      if (error instanceof TransportError) throw unreachable(request, error.message)
      throw error
    }
  }

  return {
    async read(path, signal) {
      const request: BlobRequest = { method: 'GET', path, signal }
      const response = await ask(request)
      if (isMissing(response)) {
        return { etag: null, storeNow: headersOf(AnswerHeaders, response, request).date }
      }
      if (response.status !== 200) throw failure(request, response)
      const { etag, date, 'last-modified': modifiedAt } = headersOf(BlobHeaders, response, request)
      return { body: response.body, etag, modifiedAt, storeNow: date }
    },

    async write(path, body, condition, signal) {
      const headers = {
        'x-ms-blob-type': 'BlockBlob',
        'content-type': 'application/octet-stream',
        ...conditionHeader(condition),
      }
      const request: BlobRequest = { method: 'PUT', path, headers, body, signal }
      try {
        return writeAnswer(request, await sendOnce(request))
      } catch (error) {
        signal?.throwIfAborted()
        const passing = error instanceof JobError && error.code === 'store-unreachable'
        if (passing || error instanceof TransportError) return { kind: 'unknown', message: error.message }
        throw error
      }
    },

    async delete(path, signal) {
      const request: BlobRequest = { method: 'DELETE', path, signal }
      const response = await ask(request)
      if (response.status !== 202 && !isMissing(response)) throw failure(request, response)
    },

    async *list(prefix, signal) {
      let marker = ''
      do {
        const query = new URLSearchParams({
          restype: 'container',
          comp: 'list',
          maxresults: '1000',
          prefix,
          marker,
        }).toString()
        const request: BlobRequest = { method: 'GET', path: '', query, signal }
        const response = await ask(request)
        const page = response.status === 200 ? parseListPage(response.body) : null
        if (!page) throw failure(request, response)
        yield* page.paths
        // A page may be empty and not the last: only a missing marker ends the list.
        marker = page.nextMarker
      } while (marker !== '')
    },
  }
}

function conditionHeader(condition: WriteCondition): Readonly<Record<string, string>> {
  return 'ifMatch' in condition ? { 'if-match': condition.ifMatch } : { 'if-none-match': '*' }
}

/** @throws JobError `store-unreachable` where the outcome is unknown */
function writeAnswer(request: BlobRequest, response: HttpResponse): WriteAnswer {
  const { status } = response
  if (status === 409 || status === 412) return { kind: 'conflict' }
  if (status !== 201) throw failure(request, response)
  const { etag, date } = headersOf(WrittenHeaders, response, request)
  return { kind: 'written', etag, storeNow: date }
}

/** Only the store itself may say that a file is missing: a proxy's 404 must not read as "never ran". */
function isMissing({ status, headers }: HttpResponse): boolean {
  return status === 404 && headers['x-ms-error-code'] === 'BlobNotFound'
}

function headersOf<Schema extends z.ZodType>(
  schema: Schema,
  { headers }: HttpResponse,
  request: BlobRequest,
): z.infer<Schema> {
  const parsed = schema.safeParse(headers)
  if (parsed.success) return parsed.data
  const name = parsed.error.issues[0]?.path.join('.') ?? ''
  throw unreachable(request, `the answer has no valid ${name} header, so it is not the store's`)
}
