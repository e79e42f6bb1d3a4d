import { multipartFrame } from '../multipart-file'
import { createdAnswer, importAnswer, parseReceipt, pollAnswer, uploadedAnswer } from './answers'
import { textBytesOf, unpackAsArray, unpackBetween } from './json-lines'
import { importBytes } from './settings'
import type { AnalyticsApi } from '../analytics-api'
import type {
  BatchFacts,
  OutgoingBatch,
  PollAnswer,
  PrepareAnswer,
  SendAnswer,
  SendWindow,
} from '../destination'

/** The requests of an import, single attempts. @throws JobError of the token */
export interface ImportClient {
  /** Large batches: creates an import job and uploads the file. Nothing of it counts before the commit. */
  prepare(batch: OutgoingBatch, dataset: string, signal: AbortSignal): Promise<PrepareAnswer>
  /** Commits the job, or imports a small batch as JSON. @param handle of {@link prepare} */
  send(batch: OutgoingBatch, window: SendWindow, handle: string): Promise<SendAnswer>
  poll(batch: BatchFacts, receipt: string, signal: AbortSignal): Promise<PollAnswer>
}

interface ImportClientOptions {
  /** `classifications` or `classification`. */
  readonly path: string
  /** Name of the imports in the list of jobs that people see. */
  readonly jobName: (batch: BatchFacts) => string
  /** Larger batches are uploaded as a file. */
  readonly jsonBytes: number
}

const json = { 'content-type': 'application/json' }

/** @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/classifications/ */
export function createImportClient(
  api: AnalyticsApi,
  { path, jobName, jsonBytes }: ImportClientOptions,
): ImportClient {
  const jobs = `/${path}/job`

  function optionsOf(batch: BatchFacts): string {
    return JSON.stringify({
      dataFormat: 'json',
      encoding: 'UTF8',
      jobName: jobName(batch),
      source: 'Direct API Upload',
      notifications: [],
      keyOptions: { byte_length: 255, type: 'string', overwrite: true },
    })
  }

  async function upload(batch: OutgoingBatch, apiJob: string, signal: AbortSignal): Promise<PrepareAnswer> {
    const boundary = `batch-${apiJob.replace(/[^\w-]/g, '')}`
    const name = `${batch.fileName.replace(/[^\w.-]|\.json\.gz$/g, '')}.json`
    const { headers, head, tail } = multipartFrame({ name, contentType: 'application/json' }, boundary)
    const { body, lines } = await unpackBetween(head, batch.bytes, tail)
    const answer = await api.call({
      method: 'POST',
      path: `${jobs}/import/uploadFile/${encodeURIComponent(apiJob)}`,
      headers,
      body,
      signal,
    })
    return uploadedAnswer(answer, api.reading(), `file ${lines} ${apiJob}`)
  }

  async function importJson(batch: OutgoingBatch, dataset: string, window: SendWindow): Promise<SendAnswer> {
    const { body, lines } = await unpackAsArray(`${optionsOf(batch).slice(0, -1)},"data":`, batch.bytes)
    const answer = await api.call({
      method: 'POST',
      path: `${jobs}/import/json/${encodeURIComponent(dataset)}`,
      headers: json,
      body,
      signal: window.signal,
      mayLeave: window.isOpen,
    })
    return importAnswer(answer, api.reading(), lines)
  }

  async function commit(apiJob: string, lines: number, window: SendWindow): Promise<SendAnswer> {
    const answer = await api.call({
      method: 'POST',
      path: `${jobs}/import/commitApiJob/${encodeURIComponent(apiJob)}`,
      headers: json,
      signal: window.signal,
      mayLeave: window.isOpen,
    })
    return importAnswer(answer, api.reading(), lines)
  }

  return {
    async prepare(batch, dataset, signal) {
      const bytes = textBytesOf(batch.bytes)
      if (bytes > importBytes) {
        return { kind: 'too-large', message: `It has ${bytes} bytes; Adobe takes ${importBytes}.` }
      }
      if (bytes <= jsonBytes) return { kind: 'prepared', handle: `json ${dataset}` }
      const answer = await api.call({
        method: 'POST',
        path: `${jobs}/import/createApiJob/${encodeURIComponent(dataset)}`,
        headers: json,
        body: optionsOf(batch),
        signal,
      })
      const created = createdAnswer(answer, api.reading())
      return created.kind === 'prepared' ? upload(batch, created.handle, signal) : created
    },

    async send(batch, window, handle) {
      const [way, first = '', ...rest] = handle.split(' ')
      if (way === 'json') return importJson(batch, first, window)
      if (way === 'file') return commit(rest.join(' '), Number(first), window)
      return { kind: 'not-sent', message: 'The import was not prepared.' }
    },

    async poll({ rows }, receipt, signal) {
      const { jobId, lines } = parseReceipt(receipt)
      const answer = await api.call({ method: 'GET', path: `${jobs}/${encodeURIComponent(jobId)}`, signal })
      return pollAnswer(answer, api.reading(), rows, lines)
    },
  }
}
