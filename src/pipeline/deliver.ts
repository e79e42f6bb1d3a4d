import { toJobError } from '../errors'
import { deliverGroup } from './delivery/deliver-group'
import type { JobError } from '../errors'
import type { OutboxEntry } from '../state/state-document'
import type { GroupDelivery } from './delivery/deliver-group'
import type { Extraction } from './staging/extraction'
import type { RunContext } from './run-context'

/** Why delivery ended: all sent, only long waits left, no time left, or a fault that stops every group. */
export type DeliveryEnd =
  | { readonly kind: 'drained' }
  | { readonly kind: 'waiting'; readonly waitMs: number }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'fault'; readonly error: JobError }

/** A group on its way: what runs, and when it may go on. */
interface Lane {
  readonly delivery: GroupDelivery
  running: boolean
  /** Monotonic, ms. */
  readyAt: number
}

/**
 * Sends what the outbox holds: groups in parallel, one file of a group at a time, oldest first.
 * Ends when extraction has ended too and nothing is left, or nothing but waiting.
 */
export async function deliver(
  context: RunContext,
  extraction: Pick<Extraction<unknown>, 'status' | 'turned'>,
): Promise<DeliveryEnd> {
  const { state, settings, clock, deadline, signal } = context
  const lanes = new Map<string, Lane>()
  const worstStepMs = settings.sendTimeoutMs + settings.reserveMs
  let fault: JobError | null = null
  let outOfTime = false
  let wake: () => void = () => undefined

  function laneOf(group: string): Lane {
    let lane = lanes.get(group)
    if (!lane) {
      lane = { delivery: deliverGroup(context), running: false, readyAt: 0 }
      lanes.set(group, lane)
    }
    return lane
  }

  /** Milliseconds until the batch may go a step further. */
  function waitMs(lane: Lane, entry: OutboxEntry): number {
    const sends = entry.state === 'staged' && !lane.delivery.asksFirst(entry)
    const rested = sends ? (state.document.groups[entry.group]?.restUntil ?? 0) : 0
    return Math.max(lane.readyAt - clock.monotonic(), rested - state.storeClock.now(), 0)
  }

  async function run(lane: Lane, entry: OutboxEntry): Promise<void> {
    lane.running = true
    try {
      lane.readyAt = clock.monotonic() + (await lane.delivery.step(entry))
    } catch (error) {
      fault ??= toJobError(signal.aborted ? signal.reason : error)
    }
    lane.running = false
    wake()
  }

  for (;;) {
    if (signal.aborted) fault ??= toJobError(signal.reason)
    const waiting = extraction.status() !== 'working'
    let soonest = Infinity
    for (const entry of firstOfEachGroup(state.document.outbox)) {
      const lane = laneOf(entry.group)
      if (lane.running || fault) continue
      lane.delivery.prefetch(entry)
      const wait = waitMs(lane, entry)
      if (wait > 0) soonest = Math.min(soonest, wait)
      else if (deadline.fits(worstStepMs)) void run(lane, entry)
      else outOfTime = true
    }

    const running = [...lanes.values()].some((lane) => lane.running)
    if (!running) {
      if (fault) return { kind: 'fault', error: fault }
      if (outOfTime || !deadline.fits(worstStepMs)) return { kind: 'deadline' }
      if (waiting && soonest > settings.patienceMs) {
        return soonest === Infinity ? { kind: 'drained' } : { kind: 'waiting', waitMs: soonest }
      }
    }

    const timer = new AbortController()
    await new Promise<void>((resolve) => {
      wake = resolve
      void state.changed().then(resolve)
      void extraction.turned().then(resolve)
      if (soonest < Infinity) clock.sleep(soonest, timer.signal).then(resolve, () => undefined)
    })
    timer.abort('something has happened')
  }
}

/** The batch that is next in each group that is not held. */
function firstOfEachGroup(outbox: readonly OutboxEntry[]): OutboxEntry[] {
  const first = new Map<string, OutboxEntry>()
  for (const entry of outbox) if (!first.has(entry.group)) first.set(entry.group, entry)
  return [...first.values()].filter((entry) => entry.state !== 'held')
}
