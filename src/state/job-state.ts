import { factsOf } from './event-facts'
import { sanitise } from './event-texts'
import { createWriteQueue } from './write-queue'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { StateEvent } from './events'
import type { JobDocument } from './job-document'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'

/** The state of a job, as the run that holds its lease reads and changes it. */
export interface JobState {
  readonly run: string
  /** As last written, with the events that will travel with the next write. */
  readonly document: StateDocument
  readonly storeClock: StoreClock
  /** Aborted as soon as the lease is known to be lost: write and delete nothing more. */
  readonly signal: AbortSignal
  /**
   * Applies events durably, in one write; events that wait for the same write travel together. Each is logged.
   * Returns the monotonic time at which that write was first issued.
   * @throws JobError `lease-lost`, `store-unreachable`, `secret-in-state`
   */
  write(...events: readonly StateEvent[]): Promise<number>
  /** Applies an event that a crash may lose: it is stored with the next write, whichever event causes that write. */
  later(event: StateEvent): void
  /** Resolves with the next write, or the next event of `later`. */
  changed(): Promise<void>
  /** Stops the heartbeat and gives the lease back in the same write as `event`. */
  release(event: Extract<StateEvent, { type: 'run-ended' }>): Promise<void>
}

export interface LeaseHolder {
  readonly job: string
  readonly run: string
  /** Activation id of the platform. */
  readonly activation: string
  readonly file: JobDocument
  /** As the lease was taken. */
  readonly document: StateDocument
  readonly etag: string
  readonly clock: Clock
  readonly storeClock: StoreClock
  /** When the platform ends the activation, on the store's clock, in ms: the lease is not renewed past it. */
  readonly endsAt: number
  readonly heartbeatMs: number
  readonly newId: () => string
  readonly redact: (text: string) => string
  readonly log: Log
}

/**
 * Opens a job's state for the run that holds its lease: stores and logs events, and renews the lease by a heartbeat.
 */
export function holdLease(holder: LeaseHolder): JobState {
  const { job, run, activation, file, clock, storeClock, redact, log } = holder
  const queue = createWriteQueue(file, holder, holder)
  const heart = new AbortController()

  async function write(...events: readonly StateEvent[]): Promise<number> {
    const clean = events.map((event) => sanitise(event, redact))
    const issuedAt = await queue.write(clean)
    clean.forEach(logEvent)
    return issuedAt
  }

  function logEvent(event: StateEvent): void {
    const level = event.type === 'lease-renewed' ? 'debug' : 'info'
    log[level](event.type, { job, run, activation, ...factsOf(event) })
  }

  /** A process that thaws after its activation has ended must not renew the lease of a run that is over. */
  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(holder.heartbeatMs, heart.signal)
      if (storeClock.now() >= holder.endsAt) return
      await write({ type: 'lease-renewed' })
    }
  }

  const heartbeat = beat().catch((error: unknown) => {
    if (heart.signal.aborted) return
    log.warn('The lease could not be renewed.', { job, run, activation, reason: String(error) })
  })

  return {
    run,
    get document() {
      return queue.document
    },
    storeClock,
    signal: queue.signal,
    write,
    later(event) {
      const clean = sanitise(event, redact)
      queue.later(clean)
      logEvent(clean)
    },
    changed: () => queue.changed(),
    async release(event) {
      heart.abort(new Error('released'))
      await heartbeat
      await write(event)
    },
  }
}
