import { toJobError } from '../../errors'
import { createBatchNotes } from './batch-notes'
import { planSteps } from './plan'
import { createRequestPace } from './request-pace'
import { openStagedFiles } from './staged-files'
import { makesRequest, needsBytes, takeStep } from './take-step'
import { createTurns } from './turns'
import type { JobError } from '../../errors'
import type { DeliveryContext, StepContext } from './delivery-context'
import type { Step } from './plan'

/** The steps of all batches of one delivery: many at a time, one of a batch. */
export interface StepRunner {
  /** True while no step is under way. */
  idle(): boolean
  /** The error that stopped delivery; no step is planned after it. */
  fault(): JobError | null
  /** The next step of each batch, in turn. */
  planned(): readonly Step[]
  /** Milliseconds until a step may begin, its request slot included. */
  waitMs(step: Step): number
  /**
   * Begins a step. While no memory is free for its file it is left out, and planned again when another step ends.
   */
  begin(step: Step): void
  /** Fetches the file of a step to come. */
  prefetch(step: Step): void
  /** Resolves when the next step ends. */
  stepEnded(): Promise<void>
  /** Leaves no request pending. */
  close(): Promise<void>
}

export function createStepRunner(run: DeliveryContext): StepRunner {
  const { state, destination, clock, signal } = run
  const pace = createRequestPace(destination.limits.requestIntervalMs, clock)
  const staged = openStagedFiles(run.files)
  const context: StepContext = { ...run, pace, staged, reach: { failures: 0, throttles: 0, countedUntil: 0 } }
  const turns = createTurns()
  const notesOf = createBatchNotes()
  const running = new Set<string>()
  const waiting: (() => void)[] = []
  let newestSent = 0
  let fault: JobError | null = null

  function planned(): readonly Step[] {
    if (signal.aborted) fault ??= toJobError(signal.reason)
    if (fault) return []
    const [storeNow, monotonic] = [state.storeClock.now(), clock.monotonic()]
    const { document } = state
    return turns.inTurn(
      planSteps({ document, destination, running, notesOf, newestSent, storeNow, monotonic }),
    )
  }

  async function runToEnd(step: Step): Promise<void> {
    const notes = notesOf(step.entry.id)
    try {
      const waitMs = await takeStep(context, step, notes)
      notes.readyAt = clock.monotonic() + waitMs
    } catch (error) {
      fault ??= toJobError(signal.aborted ? signal.reason : error)
    }
    running.delete(step.entry.id)
    staged.release(step.entry)
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    idle: () => running.size === 0,
    fault: () => fault,
    planned,
    waitMs: (step) => Math.max(step.waitMs, makesRequest(step) ? pace.waitMs() : 0),
    begin(step) {
      if (needsBytes(step) && !staged.hasRoom()) return
      running.add(step.entry.id)
      if (makesRequest(step)) {
        pace.take()
        turns.took(step)
      }
      if (step.kind === 'send') newestSent = Math.max(newestSent, step.entry.commit)
      void runToEnd(step)
    },
    prefetch: (step) => staged.prefetch(step.entry),
    stepEnded: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => staged.close(),
  }
}
