import { multipartFile } from '../multipart-file'
import { accountsAnswer, jobAnswer, listAnswer, uploadAnswer } from './answers'
import type { AnalyticsApi } from '../analytics-api'
import type { OutgoingBatch, PollAnswer, SendAnswer, SendWindow } from '../destination'
import type { AccountsAnswer, ListAnswer } from './answers'

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

/** @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/data-sources/ */
export function createDataSourcesClient(api: AnalyticsApi, reportSuite: string): DataSourcesClient {
  const suite = encodeURIComponent(reportSuite)
  const jobs = `/datasources/job/${suite}`
  const get = (path: string, signal: AbortSignal) => api.call({ method: 'GET', path, signal })

  return {
    async accounts(signal) {
      return accountsAnswer(await get(`/datasources/account/${suite}`, signal), api.reading())
    },
    async upload(accountId, batch, { signal, isOpen }) {
      const file = { name: batch.id, contentType: 'text/plain; charset=utf-8', bytes: batch.bytes }
      const path = `${jobs}/${encodeURIComponent(accountId)}`
      const upload = { method: 'POST', path, ...multipartFile(file), signal, mayLeave: isOpen } as const
      return uploadAnswer(await api.call(upload), accountId, api.reading())
    },
    async list(accountId, { status, from, to, page }, signal) {
      const query = new URLSearchParams({
        ...{ status, start_date: dateTime(from), end_date: dateTime(to), page: String(page) },
      })
      const path = `${jobs}/${encodeURIComponent(accountId)}?${query.toString()}`
      return listAnswer(await get(path, signal), api.reading())
    },
    async job(receipt, signal) {
      const path = `${jobs}/${receipt.split('/').map(encodeURIComponent).join('/')}`
      return jobAnswer(await get(path, signal), api.reading())
    },
  }
}

/** `yyyy-mm-dd hh:mm:ss` */
function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
