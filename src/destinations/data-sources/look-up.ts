import type { Clock } from '../../clock'
import type { NameLookupAnswer, Refusal, Unknown } from '../destination'
import type { DataSourcesClient } from './data-sources-client'

/**
 * In the order in which a job passes through them: a job that changes its status between two requests is found again in
 * a later status, and never missed.
 */
const statuses = ['uploaded', 'processing', 'success', 'failure', 'deleted']

/** Limit of pages: the list of a few days' jobs is shorter. */
const mostPages = 1_000

const dayMs = 24 * 60 * 60_000

export interface NameLookup {
  readonly client: Pick<DataSourcesClient, 'list'>
  readonly accountId: string
  readonly name: string
  /** ms since the epoch: when the file was first sent; 0 where that is not known. */
  readonly since: number
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Between two requests. */
  readonly requestMs: number
  readonly signal: AbortSignal
}

/** Finds all jobs with a file name, on every page of every status. */
export async function lookUpName(lookup: NameLookup): Promise<NameLookupAnswer> {
  const found = new Set<string>()
  for (const status of statuses) {
    const refusal = await lookThrough(lookup, status, found)
    if (refusal) return refusal
  }
  const [first, ...more] = [...found].map((job) => `${lookup.accountId}/${job}`)
  return first === undefined ? { kind: 'absent' } : { kind: 'found', receipts: [first, ...more] }
}

/**
 * Reads the pages forwards, and backwards again: jobs that leave a status while it is read move others to an earlier
 * page, and jobs that join it to a later one.
 */
async function lookThrough(
  { client, accountId, name, since, clock, requestMs, signal }: NameLookup,
  status: string,
  found: Set<string>,
): Promise<Refusal | Unknown | null> {
  // A day to either side, because the time zone of the service's dates is not documented.
  const range = { from: Math.max(0, since - dayMs), to: clock.now() + dayMs }
  let pages = 1
  let page = 1
  for (let step: 1 | -1 = 1; page >= 1; page += step) {
    const answer = await client.list(accountId, { status, ...range, page }, signal)
    if (answer.kind !== 'page') return answer
    for (const job of answer.page.jobs) if (job.filename === name) found.add(job.job_id)
    pages = Math.max(pages, answer.page.total_pages)
    if (pages > mostPages) return { kind: 'unknown', message: `The list of jobs has ${pages} pages.` }
    if (page >= pages) step = -1
    await clock.sleep(requestMs, signal)
  }
  return null
}
