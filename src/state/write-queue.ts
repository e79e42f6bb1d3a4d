import { JobError } from '../errors'
import { reduce } from './reduce'
import type { Clock } from '../clock'
import type { StateEvent } from './events'
import type { JobDocument } from './job-document'
import type { StateDocument } from './state-document'

/** The state of a job as one process changes it: one write at a time, so that concurrent steps never conflict. */
export interface WriteQueue {
  /** As last written, with the events of {@link WriteQueue.later}. */
  readonly document: StateDocument
  /** Aborted with the first write that fails: the document may be another run's. */
  readonly signal: AbortSignal
  /** Events that wait for the same write travel together. Returns the monotonic time at which it was first issued. */
  write(events: readonly StateEvent[]): Promise<number>
  /** Applies an event that travels with the next write. */
  later(event: StateEvent): void
  /** Resolves with the next write. */
  changed(): Promise<void>
}

interface PendingWrite {
  readonly events: readonly StateEvent[]
  readonly resolve: (issuedAt: number) => void
  readonly reject: (error: unknown) => void
}

/** @param start the version that this process has written */
export function createWriteQueue(
  file: JobDocument,
  start: { readonly document: StateDocument; readonly etag: string },
  { clock, newId }: { readonly clock: Clock; readonly newId: () => string },
): WriteQueue {
  const lost = new AbortController()
  let written = start.document
  let document = written
  let etag = start.etag
  let pending: PendingWrite[] = []
  /** Events of `later` that came while a write was on its way. */
  let late: StateEvent[] = []
  let writing = false
  const announce: (() => void)[] = []

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      late = []
      const { next, applied } = applyAll(document, batch)
      if (applied.length > 0) await store(next, applied)
      for (const tell of announce.splice(0)) tell()
    }
    writing = false
  }

  async function store(next: StateDocument, applied: readonly PendingWrite[]): Promise<void> {
    try {
      const issuedAt = clock.monotonic()
      const content = { ...next, write: newId() }
      const outcome = await file.write(content, etag, lost.signal)
      if (outcome.kind === 'superseded') throw leaseLost(file.path)
      etag = outcome.etag
      written = content
      document = late.reduce(reduce, written)
      for (const { resolve } of applied) resolve(issuedAt)
    } catch (error) {
      document = written
      lost.abort(error)
      for (const { reject } of [...applied, ...pending]) reject(error)
      pending = []
    }
  }

  return {
    get document() {
      return document
    },
    signal: lost.signal,
    write: (events) =>
      new Promise((resolve, reject) => {
        lost.signal.throwIfAborted()
        pending.push({ events, resolve, reject })
        if (writing) return
        writing = true
        void Promise.resolve().then(drain)
      }),
    later(event) {
      document = reduce(document, event)
      late.push(event)
    },
    changed: () => new Promise((resolve) => announce.push(resolve)),
  }
}

/** A write whose events do not apply fails alone: the others are applied. */
function applyAll(
  document: StateDocument,
  batch: readonly PendingWrite[],
): { readonly next: StateDocument; readonly applied: readonly PendingWrite[] } {
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

function leaseLost(path: string): JobError {
  return new JobError(
    'lease-lost',
    `Another run has taken over ${path}.`,
    'Nothing to do: that run carries on from the last committed state.',
  )
}
