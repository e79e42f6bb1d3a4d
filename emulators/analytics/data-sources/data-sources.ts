import { filePart, fileNameOf } from '../multipart'
import { company } from '../read-api'
import { createJobs } from './jobs'
import type { LoggedRequest, Reply } from '../../emulator'
import type { Memory } from '../../memory'
import type { ImportJob, JobKnobs, Jobs } from './jobs'
import type { ProcessedRow } from './processed-file'

/** The FTP password of an account: each answer about accounts contains it, and no output of the app may. */
export const ftpPassword = 'canary-ftp-password-7Qx2'

export interface DataSourcesKnobs extends JobKnobs {
  /** Jobs on one page of the list. */
  pageSize: number
  /** Largest file, bytes. */
  fileLimit: number
}

/** Data Sources 2.0 of one company. */
export interface DataSourcesApi {
  readonly knobs: DataSourcesKnobs
  readonly jobs: Jobs
  /** Creates an account of a report suite; returns its id. */
  addAccount(suite: string, name: string): string
  /** Rows that were processed for an account. */
  processedRows(suite: string, name: string): number
  /** The rows that were processed for a report suite, in that order. */
  rows(suite: string): readonly ProcessedRow[]
  /** Null where the path is not of this API. */
  answer(request: LoggedRequest): Reply | null
  readonly memory: Memory
}

interface Account {
  readonly id: number
  readonly suite: string
  readonly name: string
}

const base = `/api/${company.globalCompanyId}/datasources`
const monthMs = 30 * 24 * 60 * 60_000
const firstAccount = 741

/** @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/data-sources/ */
export function createDataSources(now: () => number): DataSourcesApi {
  const knobs: DataSourcesKnobs = {
    ...{ queueMs: 0, workMs: 0, paused: false, listLagMs: 0, repeatedName: 'accepts' },
    ...{ pageSize: 100, fileLimit: 50_000_000 },
  }
  const accounts: Account[] = []
  const stored: { readonly suite: string; readonly row: ProcessedRow }[] = []
  const jobs = createJobs(knobs, now, ({ suite }, rows) => {
    for (const row of rows) stored.push({ suite, row })
  })

  function upload(request: LoggedRequest, { id, suite }: Account): Reply {
    const bytes = filePart(request)
    const name = fileNameOf(request)
    if (!bytes || name === null) return invalid('Required request part "file" is not present')
    if (bytes.length > knobs.fileLimit) return { status: 413, body: 'Request Entity Too Large' }
    const account = String(id)
    const isRepeated = jobs.all.some((job) => job.account === account && job.name === name)
    if (isRepeated && knobs.repeatedName === 'refuses') return invalid(`A file "${name}" exists already`)
    return { status: 200, body: bodyOf(jobs.add({ suite, account, name, bytes })) }
  }

  function list({ id }: Account, query: URLSearchParams): Reply {
    const page = Number(query.get('page') ?? 1)
    const from = instantOf(query.get('start_date')) ?? now() - monthMs
    const to = instantOf(query.get('end_date')) ?? now()
    const matching = jobs.all
      .filter(({ account }) => account === String(id))
      .filter(({ status }) => !query.has('status') || status === query.get('status'))
      .filter(({ uploadedAt }) => uploadedAt >= from && uploadedAt <= to)
      .filter(({ uploadedAt }) => uploadedAt + knobs.listLagMs <= now())
      .reverse()
    const shown = matching.slice((page - 1) * knobs.pageSize, page * knobs.pageSize)
    const total = Math.ceil(matching.length / knobs.pageSize)
    return { status: 200, body: { page, jobs: shown.map(bodyOf), total_pages: total } }
  }

  function get({ id }: Account, jobId: string): Reply {
    const job = jobs.all.find((one) => String(one.id) === jobId && one.account === String(id))
    return job ? { status: 200, body: bodyOf(job) } : notFound('job')
  }

  function answerJobs(request: LoggedRequest, path: readonly string[], query: URLSearchParams): Reply {
    const [, suite = '', accountId = '', jobId] = path
    const account = accounts.find((one) => one.suite === suite && String(one.id) === accountId)
    if (!account) return notFound('data source')
    if (request.method === 'POST' && jobId === undefined) return upload(request, account)
    if (request.method !== 'GET') return { status: 405 }
    return jobId === undefined ? list(account, query) : get(account, jobId)
  }

  return {
    knobs,
    jobs,
    memory: { ...jobs.memory, accounts, stored },
    addAccount(suite, name) {
      const account = { id: firstAccount + accounts.length, suite, name }
      accounts.push(account)
      return String(account.id)
    },
    processedRows(suite, name) {
      jobs.advance()
      const ids = accounts
        .filter((one) => one.suite === suite && one.name === name)
        .map(({ id }) => String(id))
      const own = jobs.all.filter(({ account }) => ids.includes(account))
      return own.reduce((sum, { rows }) => sum + rows.length, 0)
    },
    rows(suite) {
      jobs.advance()
      return stored.filter((one) => one.suite === suite).map(({ row }) => row)
    },
    answer(request) {
      const { pathname, searchParams } = new URL(request.url, 'http://analytics')
      if (!pathname.startsWith(`${base}/`)) return null
      jobs.advance()
      const path = pathname
        .slice(base.length + 1)
        .split('/')
        .map(decodeURIComponent)
      if (path[0] === 'job') return answerJobs(request, path, searchParams)
      if (path[0] !== 'account' || request.method !== 'GET') return { status: 404 }
      return { status: 200, body: accounts.filter(({ suite }) => suite === path[1]).map(accountBody) }
    },
  }
}

function accountBody({ id, name }: Account): object {
  return {
    ...{ name, email: 'owner@example.com', data_source_id: id, type: 'generic', date_created: '2026-01-08' },
    ...{ ftp_hostname: 'ftp4.omniture.com', ftp_username: `user${id}`, ftp_password: ftpPassword },
  }
}

function bodyOf({ id, name, status, uploadedAt, rows, bytes }: ImportJob): object {
  const isDone = status === 'success' || status === 'failure'
  const uploaded =
    bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '').length - 1
  return {
    ...{ filename: name, rows: isDone ? rows.length : uploaded, job_id: id, status },
    ...{ uploaded_date: dateTime(uploadedAt), started_processing_date: null },
    finished_processing_date: null,
  }
}

function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** `yyyy-mm-dd hh:mm:ss`; null where it is absent. */
function instantOf(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text.replace(' ', 'T')}Z`)
}

function invalid(errorDescription: string): Reply {
  return { status: 400, body: { errorCode: 'invalid_data', errorDescription, errorId: 'error-1' } }
}

function notFound(what: string): Reply {
  const errorDescription = `The ${what} does not exist`
  return { status: 404, body: { errorCode: 'resource_not_found', errorDescription, errorId: 'error-2' } }
}
