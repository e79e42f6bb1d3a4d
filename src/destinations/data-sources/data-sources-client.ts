import { TransportError } from '../../http/http-client'
import { multipartFile } from '../multipart-file'
import { accountsAnswer, jobAnswer, listAnswer, uploadAnswer } from './answers'
import type { DestinationContext, OutgoingBatch, PollAnswer, SendAnswer, SendWindow } from '../destination'
import type { AccountsAnswer, Answer, ListAnswer } from './answers'

/** The requests of the API, single attempts. @throws JobError of the token */
export interface DataSourcesClient {
  /** GET /account/{rsid} */
  accounts(signal: AbortSignal): Promise<AccountsAnswer>
  /** POST /job/{rsid}/{account} */
  upload(accountId: string, batch: OutgoingBatch, window: SendWindow): Promise<SendAnswer>
  /** GET /job/{rsid}/{account} */
  list(accountId: string, filter: ListFilter, signal: AbortSignal): Promise<ListAnswer>
  /** GET /job/{rsid}/{account}/{job} @param receipt of the upload */
  job(receipt: string, signal: AbortSignal): Promise<PollAnswer>
}

export interface ListFilter {
  readonly status: string
  /** ms since the epoch */
  readonly from: number
  readonly to: number
  /** From 1. */
  readonly page: number
}

/** Adobe closes the connection itself after 60 s. */
const requestTimeoutMs = 60_000

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly signal: AbortSignal
  readonly mayLeave?: () => boolean
}

const closed = new TransportError('The send window had closed.', 'no', 'aborted')

/** @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/data-sources/ */
export function createDataSourcesClient(
  {
    http,
    clock,
    endpoints,
    authorize,
    redact,
  }: Pick<DestinationContext, 'http' | 'clock' | 'endpoints' | 'authorize' | 'redact'>,
  { company, reportSuite }: { readonly company: string; readonly reportSuite: string },
): DataSourcesClient {
  const base = `${endpoints.analytics}/api/${encodeURIComponent(company)}/datasources`
  const suite = encodeURIComponent(reportSuite)
  const reading = () => ({ now: clock.now(), redact })

  async function call({ method, path, headers, body, signal, mayLeave }: Call): Promise<Answer> {
    const authorization = await authorize()
    if (mayLeave && !mayLeave()) return closed
    try {
      const response = await http({
        ...{ method, url: base + path, timeoutMs: requestTimeoutMs, signal },
        headers: { ...authorization.headers, accept: 'application/json', ...headers },
        ...(body ? { body } : {}),
      })
      if (response.status === 401) await authorization.drop()
      return response
    } catch (error) {
      if (error instanceof TransportError) return error
      throw error
    }
  }

  return {
    async accounts(signal) {
      return accountsAnswer(await call({ method: 'GET', path: `/account/${suite}`, signal }), reading())
    },
    async upload(accountId, batch, { signal, isOpen }) {
      const file = { name: batch.id, contentType: 'text/plain; charset=utf-8', bytes: batch.bytes }
      const path = `/job/${suite}/${encodeURIComponent(accountId)}`
      const request: Call = { method: 'POST', path, ...multipartFile(file), signal, mayLeave: isOpen }
      return uploadAnswer(await call(request), accountId, reading())
    },
    async list(accountId, { status, from, to, page }, signal) {
      const query = new URLSearchParams({
        ...{ status, start_date: dateTime(from), end_date: dateTime(to), page: String(page) },
      })
      const path = `/job/${suite}/${encodeURIComponent(accountId)}?${query.toString()}`
      return listAnswer(await call({ method: 'GET', path, signal }), reading())
    },
    async job(receipt, signal) {
      const path = `/job/${suite}/${receipt.split('/').map(encodeURIComponent).join('/')}`
      return jobAnswer(await call({ method: 'GET', path, signal }), reading())
    },
  }
}

/** `yyyy-mm-dd hh:mm:ss` */
function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
