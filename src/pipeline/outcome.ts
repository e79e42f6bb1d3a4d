import { JobError, toJobError } from '../errors'
import { waitingPlan } from '../state/plan'
import { regroupingNote, regroupingOf } from './definition'
import { planNote, planReason } from './plan-note'
import { scheduleStart, sliceFrom } from './slices'
import { waitingNote } from './waiting'
import type { Sliced } from '../definition/sync'
import type { StateDocument } from '../state/state-document'
import type { DeliveryEnd } from './delivery/deliver'
import type { ExtractionEnd } from './extraction/extraction'
import type { RunContext } from './run-context'
import type { StageEnd } from './stage'

/** How a run ended. */
export interface Outcome {
  readonly outcome: 'succeeded' | 'partial' | 'failed'
  readonly reason?: string
  readonly error?: JobError
  /** True where another run could carry on at once. */
  readonly moreToDo: boolean
  /** True where all that was due has been read. */
  readonly exhausted?: boolean
  readonly notes?: readonly string[]
}

interface Findings {
  /** Null where extraction was stopped. */
  readonly extracted: StageEnd | null
  readonly delivered: DeliveryEnd
}

/** Leases taken in a row without progress after which a job stops invoking itself. */
const attemptsLimit = 3

/**
 * The outcome of a run: its worst finding decides.
 * @param said notes of what happened before
 */
export function judge(
  extraction: ExtractionEnd<StageEnd>,
  delivered: DeliveryEnd,
  context: Pick<RunContext, 'job' | 'state' | 'destination' | 'settings'>,
  said: readonly string[],
): Outcome {
  const { document } = context.state
  if (delivered.kind === 'fault') return failed(delivered.error, said)
  if (extraction.kind === 'fault') return failed(toJobError(extraction.error), said)
  const held = document.outbox.filter(({ state }) => state === 'held').length
  if (held > 0) return failed(batchHeld(held), said)
  const findings = { extracted: endOf(extraction), delivered }
  const unfinished = unfinishedReason(findings)
  if (unfinished && document.attempts > attemptsLimit) return failed(noProgress(document.attempts), said)

  const notes = [...said, ...notesOf(context, findings)]
  const reason = personReason(document) ?? waitingReason(findings) ?? unfinished ?? rejectedReason(findings)
  const exhausted = findings.extracted?.kind === 'exhausted'
  return reason === null
    ? { outcome: 'succeeded', moreToDo: false, exhausted, notes }
    : { outcome: 'partial', reason, moreToDo: unfinished !== null, exhausted, notes }
}

function endOf(extraction: ExtractionEnd<StageEnd>): StageEnd | null {
  return extraction.kind === 'ended' ? extraction.end : null
}

/** A person decides. */
function personReason(document: StateDocument): string | null {
  const plan = waitingPlan(document)
  return plan && planReason(plan)
}

function rejectedReason({ extracted }: Findings): 'all-rejected' | null {
  return extracted?.allRejected ? 'all-rejected' : null
}

/** The reason to wait: another run at once could do nothing more. */
function waitingReason({ extracted, delivered }: Findings): 'waiting' | 'regrouping' | null {
  if (delivered.kind === 'waiting') return 'waiting'
  return extracted?.kind === 'regrouping' ? 'regrouping' : null
}

/** The reason to continue: another run at once could go on. */
function unfinishedReason(findings: Findings): 'deadline' | 'capped' | null {
  const { extracted, delivered } = findings
  if (waitingReason(findings)) return null
  if (extracted?.kind === 'capped') return 'capped'
  return delivered.kind === 'deadline' || extracted?.kind === 'deadline' ? 'deadline' : null
}

function notesOf(
  { job, state, destination, settings }: Pick<RunContext, 'job' | 'state' | 'destination' | 'settings'>,
  { extracted, delivered }: Findings,
): readonly string[] {
  const { document, storeClock } = state
  const notes = [...commitNotes(extracted), ...planNotes(document)]
  if (delivered.kind === 'waiting') notes.push(waitingNote(document))
  if (extracted?.kind === 'exhausted' && job.sync.mode === 'sliced' && document.watermark === null) {
    notes.push(notBegunNote(job.sync))
  }
  if (extracted?.kind === 'regrouping') {
    const { until } = regroupingOf(document, destination, settings, storeClock.now())
    notes.push(regroupingNote(until, settings))
  }
  if (extracted?.allRejected) {
    notes.push(
      'Every new record of a commit was rejected, so nothing of it was sent. Correct the definition or the source, then resolve=rejects as=resend; or give the rejects up with resolve=rejects as=drop.',
    )
  }
  return notes
}

function commitNotes(extracted: StageEnd | null): readonly string[] {
  return extracted?.notes ?? []
}

function planNotes(document: StateDocument): readonly string[] {
  const plan = waitingPlan(document)
  return plan ? [planNote(plan)] : []
}

/** Reports a `start` in the future, which would otherwise look like a job without due work. */
function notBegunNote(sync: Sliced): string {
  const { from, to } = sliceFrom(scheduleStart(sync), sync)
  const iso = (ms: number) => new Date(ms).toISOString()
  return `Nothing was read yet: the first slice, ${iso(from)} – ${iso(to)}, is due at ${iso(to + sync.lagMs)}. If that is not intended, correct \`start\` of the job.`
}

/** The outcome of a run that an error ended. A lost lease is no failure: the other run carries on. */
export function failed(error: JobError, notes: readonly string[] = []): Outcome {
  const outcome = error.code === 'lease-lost' ? 'partial' : 'failed'
  return { outcome, reason: error.code, error, moreToDo: false, notes }
}

function batchHeld(held: number): JobError {
  return new JobError(
    'batch-held',
    `${held} ${held === 1 ? 'batch waits' : 'batches wait'} for a person; nothing new is extracted until then.`,
    'Read `held` in this report and answer with one of its choices: resolve=<batch> with as=sent, as=resend or as=drop.',
  )
}

function noProgress(attempts: number): JobError {
  return new JobError(
    'no-progress',
    `${attempts} runs in a row ended without committing or confirming anything, this one at its time limit.`,
    'Raise limits.timeout of the action, or make pages smaller: one page must fit into one run. The next tick tries again by itself.',
  )
}
