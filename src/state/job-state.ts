import { JobError } from '../errors'
import { factsOf } from './event-facts'
import { sanitise } from './event-texts'
import { reduce } from './reduce'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { StateEvent } from './events'
import type { JobDocument } from './job-document'
import type { StateDocument } from './state-document'
import type { StoreClock } from './store-clock'

/** A job's state in the hands of the one run that holds its lease. */
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
  /** Applies an event that may be lost: it travels with the next write, whatever causes that. */
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

interface PendingWrite {
  readonly events: readonly StateEvent[]
  readonly resolve: (issuedAt: number) => void
  readonly reject: (error: unknown) => void
}

/** One queue for all writes of a run, so that what happens at the same time never conflicts; a timer renews the lease. */
export function holdLease(holder: LeaseHolder): JobState {
  const { job, run, activation, file, clock, storeClock, redact, log } = holder
  const lost = new AbortController()
  const heart = new AbortController()
  /** As last written. */
  let written = holder.document
  /** With the events of `later`, which no write has carried yet. */
  let document = written
  let etag = holder.etag
  let pending: PendingWrite[] = []
  let late: StateEvent[] = []
  let writing = false
  let announce: (() => void)[] = []

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      late = []
      const { next, applied } = applyAll(batch)
      if (applied.length > 0) await store(next, applied)
      for (const tell of announce.splice(0)) tell()
    }
    writing = false
  }

  /** A write whose events do not apply fails alone: the others of the batch go on. */
  function applyAll(batch: readonly PendingWrite[]): { next: StateDocument; applied: PendingWrite[] } {
    let next = document
    const applied: PendingWrite[] = []
    for (const one of batch) {
      try {
        next = one.events.reduce(reduce, next)
        applied.push(one)
      } catch (error) {
        one.reject(error)
      }
    }
    return { next, applied }
  }

  async function store(next: StateDocument, applied: readonly PendingWrite[]): Promise<void> {
    try {
      const issuedAt = clock.monotonic()
      const content = { ...next, write: holder.newId() }
      const outcome = await file.write(content, etag, lost.signal)
      if (outcome.kind === 'superseded') throw leaseLost(file.path)
      etag = outcome.etag
      written = content
      document = late.reduce(reduce, written)
      for (const { events } of applied) for (const event of events) logEvent(event)
      for (const { resolve } of applied) resolve(issuedAt)
    } catch (error) {
      document = written
      lost.abort(error)
      for (const { reject } of [...applied, ...pending]) reject(error)
      pending = []
    }
  }

  function write(...events: readonly StateEvent[]): Promise<number> {
    if (lost.signal.aborted) return Promise.reject(lost.signal.reason as Error)
    return new Promise((resolve, reject) => {
      pending.push({ events: events.map((event) => sanitise(event, redact)), resolve, reject })
      if (writing) return
      writing = true
      void Promise.resolve().then(drain)
    })
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
    if (!heart.signal.aborted) log.warn('The lease could not be renewed.', { reason: String(error) })
  })

  return {
    run,
    get document() {
      return document
    },
    storeClock,
    signal: lost.signal,
    write,
    later(event) {
      const clean = sanitise(event, redact)
      document = reduce(document, clean)
      late.push(clean)
      logEvent(clean)
      for (const tell of announce.splice(0)) tell()
    },
    changed: () => new Promise((resolve) => announce.push(resolve)),
    async release(event) {
      heart.abort(new Error('released'))
      await heartbeat
      await write(event)
      announce = []
    },
  }
}

function leaseLost(path: string): JobError {
  return new JobError(
    'lease-lost',
    `Another run has taken over ${path}.`,
    'Nothing to do: that run carries on from the last committed state.',
  )
}
