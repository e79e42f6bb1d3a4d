import { destinationChanged } from './elsewhere'
import { createStepRunner } from './step-runner'
import { needsBytes } from './take-step'
import type { JobError } from '../../errors'
import type { ExtractionStatus } from '../extraction-status'
import type { DeliveryContext } from './delivery-context'
import type { Step } from './plan'
import type { StepRunner } from './step-runner'

/**
 * Why delivery ended: all is sent that can be, only long waits are left, no time is left, or an error stops every
 * partition.
 */
export type DeliveryEnd =
  | { readonly kind: 'drained' }
  | { readonly kind: 'waiting'; readonly waitMs: number }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'fault'; readonly error: JobError }

/**
 * Sends what the outbox holds, beside extraction that fills it: partitions in parallel, each in its order (append), or
 * commit by commit (upsert). Ends when extraction can commit nothing more and no batch is left, or every batch left has
 * to wait. Where it ends for the deadline, extraction that waits for the outbox must be stopped: nothing empties it any
 * more.
 */
export async function deliver(context: DeliveryContext, extraction: ExtractionStatus): Promise<DeliveryEnd> {
  const { settings, deadline } = context
  const worstStepMs = settings.sendTimeoutMs + settings.reserveMs
  const steps = createStepRunner(context)
  for (;;) {
    const inTime = deadline.fits(worstStepMs)
    const soonestMs = beginSteps(steps, inTime, settings.patienceMs)
    const end = steps.idle() ? endOf(context, extraction, steps.fault(), soonestMs, inTime) : null
    if (end) {
      await steps.close()
      return end
    }
    const timerMs = inTime ? Math.min(soonestMs, deadline.remainingMs() - worstStepMs) : Infinity
    const events = [context.state.changed(), steps.stepEnded()]
    // An ended extraction does not change any more.
    if (extraction.status() !== 'ended') events.push(extraction.changed())
    await nextEvent(context, timerMs, events)
  }
}

/**
 * Begins every step that may begin now. Returns the milliseconds until another may: Infinity where only an event can
 * bring one.
 */
function beginSteps(steps: StepRunner, inTime: boolean, patienceMs: number): number {
  let soonestMs = Infinity
  let next: Step | null = null
  for (const step of steps.planned()) {
    const waitMs = steps.waitMs(step)
    if (waitMs === 0 && inTime) steps.begin(step)
    else if (waitMs < soonestMs) [soonestMs, next] = [waitMs, step]
  }
  if (inTime && next && needsBytes(next) && soonestMs <= patienceMs) steps.prefetch(next)
  return soonestMs
}

function endOf(
  { state, destination, settings, job }: DeliveryContext,
  extraction: ExtractionStatus,
  fault: JobError | null,
  soonestMs: number,
  inTime: boolean,
): DeliveryEnd | null {
  const { outbox } = state.document
  if (fault) return { kind: 'fault', error: fault }
  // An empty outbox blocks nothing: extraction that still counts as waiting is about to go on.
  const extracting =
    extraction.status() === 'working' || (outbox.length === 0 && extraction.status() === 'waiting')
  const nothingLeft = !extracting && soonestMs === Infinity
  if (!inTime && !nothingLeft) return { kind: 'deadline' }
  if (extracting || soonestMs <= settings.patienceMs) return null
  const changed = destinationChanged(job, state.document, destination)
  if (changed) return { kind: 'fault', error: changed }
  return nothingLeft ? { kind: 'drained' } : { kind: 'waiting', waitMs: soonestMs }
}

/** Resolves with the first of the events, the timer, and the loss of the lease. */
async function nextEvent(
  { clock, signal }: DeliveryContext,
  timerMs: number,
  events: readonly Promise<void>[],
): Promise<void> {
  // Once the lease is lost, only the steps under way are waited for: their requests are being aborted.
  if (timerMs === Infinity || signal.aborted) return Promise.race(events)
  // One listener: AbortSignal.any costs more than the rest of a turn.
  const timer = new AbortController()
  const cut = () => timer.abort('the lease is lost')
  signal.addEventListener('abort', cut)
  try {
    await Promise.race([clock.sleep(timerMs, timer.signal).catch(() => undefined), ...events])
  } finally {
    signal.removeEventListener('abort', cut)
    timer.abort('something has happened')
  }
}
