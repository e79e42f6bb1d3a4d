import { causesOf } from './arrival-causes'
import { reportedTotals } from './totals'
import type {
  ArrivalProof,
  ConfirmedBatch,
  Evidence,
  PollAnswer,
  ProofTools,
  Refusal,
  Unknown,
} from '../destination'
import type { Clock } from '../../clock'
import type { DataSourcesClient } from './data-sources-client'

export interface ArrivalOptions {
  readonly reportSuite: string
  readonly client: Pick<DataSourcesClient, 'job' | 'list'>
  readonly clock: Pick<Clock, 'now'>
  readonly withinMs: number
}

/** Arrivals are asked for during 30 days; a day more covers the time zone of the list. */
const listedMs = 32 * 86_400_000
/** Asking for so few jobs one by one takes no more requests than their list. */
const askedSingly = 3

/** Asks the jobs of uploads how many rows they have processed: the list of an account first, then the jobs not in it. */
export function arrivalProof({ reportSuite, client, clock, withinMs }: ArrivalOptions): ArrivalProof {
  return {
    withinMs,
    totals: reportedTotals(reportSuite),
    async prove(batches, tools) {
      const evidence: Evidence[] = []
      const listed = await successes(client, batches, clock.now(), tools)
      if ('kind' in listed) return { evidence, trouble: listed }
      for (const batch of batches) {
        const seen = await look(client, batch, listed, tools)
        if (!('id' in seen)) return { evidence, trouble: seen }
        evidence.push(seen)
      }
      return { evidence, trouble: null }
    },
  }
}

/** Rows of successful jobs, by receipt. */
type Listed = ReadonlyMap<string, number>

async function successes(
  client: ArrivalOptions['client'],
  batches: readonly ConfirmedBatch[],
  now: number,
  tools: ProofTools,
): Promise<Listed | Refusal | Unknown> {
  const receipts = batches.flatMap((batch) => batch.receipts)
  const rows = new Map<string, number>()
  if (receipts.length <= askedSingly) return rows
  for (const account of new Set(receipts.map((receipt) => receipt.split('/')[0] ?? ''))) {
    for (let page = 1; ; page += 1) {
      const filter = { status: 'success', from: now - listedMs, to: now + 86_400_000, page }
      const answer = await paced(tools, () => client.list(account, filter, tools.signal))
      if (answer.kind !== 'page') return answer
      for (const job of answer.page.jobs)
        if (typeof job.rows === 'number') rows.set(`${account}/${job.job_id}`, job.rows)
      if (page >= answer.page.total_pages) break
    }
  }
  return rows
}

type Job = Extract<PollAnswer, { kind: 'processing' | 'done' | 'failed' }>

async function look(
  client: ArrivalOptions['client'],
  { id, rows, receipts }: ConfirmedBatch,
  listed: Listed,
  tools: ProofTools,
): Promise<Evidence | Refusal | Unknown> {
  // Without a job to ask for, its counts at the confirmation are all that is known.
  if (receipts.length === 0) return { id, kind: 'indication', rows, causes: [] }
  const jobs: Job[] = []
  for (const receipt of receipts) {
    const processed = listed.get(receipt)
    const answer: PollAnswer =
      processed === undefined
        ? await paced(tools, () => client.job(receipt, tools.signal))
        : { kind: 'done', rows: processed }
    if (answer.kind !== 'processing' && answer.kind !== 'done' && answer.kind !== 'failed') return answer
    jobs.push(answer)
  }
  const processed = jobs.reduce((sum, job) => sum + (job.kind === 'processing' ? 0 : (job.rows ?? 0)), 0)
  const isWhole = processed >= rows && jobs.every(({ kind }) => kind === 'done')
  if (isWhole) return { id, kind: 'proof', rows: processed, causes: [] }
  // A job that failed after it was counted may have lost rows, so that the count never proves all of them.
  return { id, kind: 'proof', rows: Math.min(processed, rows - 1), causes: causesOf(causeOf(jobs)) }
}

async function paced<Answer>(tools: ProofTools, ask: () => Promise<Answer>): Promise<Answer | Unknown> {
  try {
    await tools.pace()
  } catch {
    return { kind: 'unknown', message: 'There was no time left to ask.' }
  }
  return ask()
}

function causeOf(jobs: readonly Job[]): Parameters<typeof causesOf>[0] {
  if (jobs.some(({ kind }) => kind === 'failed')) return 'upload-removed'
  return jobs.some(({ kind }) => kind === 'processing') ? 'latency' : 'rows-skipped'
}
