import { JobError, toJobError } from '../errors'
import type { StateDocument } from '../state/state-document'
import type { DeliveryEnd } from './deliver'
import type { ExtractionEnd } from './staging/extraction'
import type { StageEnd } from './stage'

/** How a run ended. */
export interface Outcome {
  readonly outcome: 'succeeded' | 'partial' | 'failed'
  readonly reason?: string
  readonly error?: JobError
  /** True where another run could carry on at once. */
  readonly moreToDo: boolean
  readonly notes?: readonly string[]
}

/** Leases taken in a row without progress after which a job stops invoking itself. */
const stallLimit = 3

/** The worst finding decides. */
export function judge(
  extracted: ExtractionEnd<StageEnd>,
  delivered: DeliveryEnd,
  document: StateDocument,
): Outcome {
  if (delivered.kind === 'fault') return failed(delivered.error)
  if (typeof extracted === 'object') return failed(toJobError(extracted.error))
  const held = document.outbox.filter((entry) => entry.state === 'held').length
  if (held > 0) return failed(batchHeld(held))
  if (delivered.kind === 'waiting') return { outcome: 'partial', reason: 'waiting', moreToDo: false }
  if (extracted === 'regrouping') return { outcome: 'partial', reason: 'regrouping', moreToDo: false }
  if (delivered.kind === 'deadline' || extracted === 'deadline' || extracted === 'capped') {
    if (document.stalls > stallLimit) return failed(noProgress(document.stalls))
    return { outcome: 'partial', reason: extracted === 'capped' ? 'capped' : 'deadline', moreToDo: true }
  }
  return { outcome: 'succeeded', moreToDo: false }
}

/** A run that a fault ended. Losing the lease is none: the other run carries on. */
export function failed(error: JobError): Outcome {
  const outcome = error.code === 'lease-lost' ? 'partial' : 'failed'
  return { outcome, reason: error.code, error, moreToDo: false }
}

function batchHeld(held: number): JobError {
  return new JobError(
    'batch-held',
    `${held} ${held === 1 ? 'batch waits' : 'batches wait'} for a person; nothing new is extracted until then.`,
    'Read `held` in this report and answer with one of its choices.',
  )
}

function noProgress(stalls: number): JobError {
  return new JobError(
    'no-progress',
    `${stalls} runs in a row reached their time limit without committing or confirming anything.`,
    'Raise limits.timeout of the action, or make pages smaller: one page must fit into one run.',
  )
}
