import { causesOf } from './arrival-causes'
import type {
  ArrivalProof,
  ConfirmedBatch,
  Evidence,
  PollAnswer,
  ProofTools,
  Refusal,
  Unknown,
} from '../destination'
import type { DataSourcesClient } from './data-sources-client'

export interface ArrivalOptions {
  readonly client: Pick<DataSourcesClient, 'job'>
  readonly withinMs: number
}

/** Asks the job of each upload how many rows it has processed. */
export function arrivalProof({ client, withinMs }: ArrivalOptions): ArrivalProof {
  return {
    withinMs,
    async prove(batches, tools) {
      const evidence: Evidence[] = []
      for (const batch of batches) {
        const seen = await look(client, batch, tools)
        if (!('id' in seen)) return { evidence, trouble: seen }
        evidence.push(seen)
      }
      return { evidence, trouble: null }
    },
  }
}

type Job = Extract<PollAnswer, { kind: 'processing' | 'done' | 'failed' }>

async function look(
  client: ArrivalOptions['client'],
  { id, rows, receipts }: ConfirmedBatch,
  tools: ProofTools,
): Promise<Evidence | Refusal | Unknown> {
  // Without a job to ask for, its counts at the confirmation are all that is known.
  if (receipts.length === 0) return { id, kind: 'indication', rows, causes: [] }
  const jobs: Job[] = []
  for (const receipt of receipts) {
    const answer = await ask(client, receipt, tools)
    if (answer.kind !== 'processing' && answer.kind !== 'done' && answer.kind !== 'failed') return answer
    jobs.push(answer)
  }
  const processed = jobs.reduce((sum, job) => sum + (job.kind === 'processing' ? 0 : (job.rows ?? 0)), 0)
  return { id, kind: 'proof', rows: processed, causes: processed >= rows ? [] : causesOf(causeOf(jobs)) }
}

async function ask(
  client: ArrivalOptions['client'],
  receipt: string,
  tools: ProofTools,
): Promise<PollAnswer> {
  try {
    await tools.pace()
  } catch {
    return { kind: 'unknown', message: 'There was no time left to ask.' }
  }
  return client.job(receipt, tools.signal)
}

function causeOf(jobs: readonly Job[]): Parameters<typeof causesOf>[0] {
  if (jobs.some(({ kind }) => kind === 'failed')) return 'upload-removed'
  return jobs.some(({ kind }) => kind === 'processing') ? 'latency' : 'rows-skipped'
}
