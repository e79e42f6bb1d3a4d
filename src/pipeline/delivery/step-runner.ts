import { toJobError } from '../../errors'
import { planSteps } from './plan'
import { createRequestPace } from './request-pace'
import { openStagedFiles } from './staged-files'
import { makesRequest, needsBytes, takeStep } from './take-step'
import { createTurns } from './turns'
import type { JobError } from '../../errors'
import type { BatchNotes, DeliveryContext, StepContext } from './delivery-context'
import type { Step } from './plan'

/** The steps of all batches of one delivery: many at a time, one of a batch. */
export interface StepRunner {
  /** True while no step is under way. */
  idle(): boolean
  /** What has stopped the delivery; nothing is begun then. */
  fault(): JobError | null
  /**
   * Begins every step that may begin now, none where `inTime` is false. Returns the milliseconds until another may:
   * Infinity where only an event can bring one.
   */
  begin(inTime: boolean): number
  /** Resolves when the next step ends. */
  stepEnded(): Promise<void>
  /** Leaves no request pending. */
  close(): Promise<void>
}

export function createStepRunner(run: DeliveryContext): StepRunner {
  const { state, destination, settings, clock, signal } = run
  const pace = createRequestPace(destination.limits.requestIntervalMs, clock)
  const staged = openStagedFiles(run.files)
  const context: StepContext = { ...run, pace, staged, reach: { failures: 0, countedUntil: 0 } }
  const turns = createTurns()
  const running = new Set<string>()
  const notes = new Map<string, BatchNotes>()
  let newestSent = 0
  let fault: JobError | null = null
  const onStepEnd: (() => void)[] = []

  function notesOf(id: string): BatchNotes {
    const known = notes.get(id)
    if (known) return known
    const fresh = { readyAt: 0, absent: false, found: false, handle: null, unsettled: 0, unauthorized: 0 }
    notes.set(id, fresh)
    return fresh
  }

  function plan(): readonly Step[] {
    const storeNow = state.storeClock.now()
    const monotonic = clock.monotonic()
    const { document } = state
    const steps = planSteps({
      document,
      destination,
      running,
      notesOf,
      newestSent,
      storeNow,
      monotonic,
    })
    return turns.inTurn(steps)
  }

  async function runToEnd(step: Step): Promise<void> {
    const { id } = step.entry
    running.add(id)
    if (makesRequest(step)) {
      pace.take()
      turns.took(step)
    }
    if (step.kind === 'send') newestSent = Math.max(newestSent, step.entry.commit)
    try {
      const waitMs = await takeStep(context, step, notesOf(id))
      notesOf(id).readyAt = clock.monotonic() + waitMs
    } catch (error) {
      fault ??= toJobError(signal.aborted ? signal.reason : error)
    }
    running.delete(id)
    staged.release(step.entry)
    for (const resolve of onStepEnd.splice(0)) resolve()
  }

  return {
    idle: () => running.size === 0,
    fault: () => fault,
    begin(inTime) {
      if (signal.aborted) fault ??= toJobError(signal.reason)
      if (fault) return Infinity
      let soonestMs = Infinity
      let next: Step | null = null
      for (const step of plan()) {
        const waitMs = Math.max(step.waitMs, makesRequest(step) ? pace.waitMs() : 0)
        if (waitMs === 0 && inTime) {
          // Where memory is short, the end of another step makes room.
          if (!needsBytes(step) || staged.hasRoom()) void runToEnd(step)
        } else if (waitMs < soonestMs) {
          soonestMs = waitMs
          if (needsBytes(step) && waitMs <= settings.patienceMs) next = step
        }
      }
      if (next) staged.prefetch(next.entry)
      return soonestMs
    },
    stepEnded: () => new Promise((resolve) => onStepEnd.push(resolve)),
    close: () => staged.close(),
  }
}
