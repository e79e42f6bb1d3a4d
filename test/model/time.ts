import type { Clock } from '../../src/clock'

/** Virtual time for a whole world of processes; it moves only when every process waits. */
export interface WorldTime {
  readonly now: () => number
  sleep(ms: number): Promise<void>
  /** Lets time pass until `done` settles, or for `limitMs` at most; true where it settled. */
  runUntil(done: Promise<unknown>, limitMs: number): Promise<boolean>
}

/** Steps until something settles: more is an endless loop. */
const busyLimit = 100_000

/** @param idle resolves once every process waits for time to pass */
export function createTime(start = Date.UTC(2026, 10, 21), idle = everyMicrotask): WorldTime {
  let now = start
  let order = 0
  const sleepers: { at: number; order: number; wake: () => void }[] = []

  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        const sleeper = { at: now + ms, order: order++, wake: resolve }
        const index = sleepers.findIndex((other) => other.at > sleeper.at)
        if (index < 0) sleepers.push(sleeper)
        else sleepers.splice(index, 0, sleeper)
      }),
    async runUntil(done, limitMs) {
      const end = now + limitMs
      const outcome = { settled: false }
      const settle = () => {
        outcome.settled = true
      }
      done.then(settle, settle)
      // A tick that is asked for outside a microtask would come before the microtasks that already wait.
      await Promise.resolve()
      for (let wakes = 0; ; wakes += 1) {
        if (wakes > busyLimit) throw new RangeError(`still busy after ${busyLimit} steps`)
        await idle()
        if (outcome.settled) return true
        const next = sleepers[0]
        if (!next || next.at > end) {
          now = Math.max(now, end)
          return false
        }
        sleepers.shift()
        now = Math.max(now, next.at)
        next.wake()
      }
    },
  }
}

/**
 * Resolves when the microtask queue is empty: Node runs its tick queue only then. Cheaper than a turn of the event loop,
 * and equivalent to it as long as nothing in the model uses real I/O, threads, streams or timers: none would proceed.
 */
function everyMicrotask(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The same where streams of the calling thread work, which need several rounds of ticks and microtasks. */
export function everyTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A process: it can crash at any of its gates, or freeze there and wake up later as a zombie. */
export interface Process {
  readonly clock: Clock
  /** How many gates it has passed. */
  readonly gates: number
  /** How it was hit by its accident, so far. */
  readonly fate: 'running' | 'crashed' | 'frozen'
  /**
   * Every await on the outside world passes here before and after.
   * @param longestFreezeMs a freeze at this very gate lasts no longer (an assumption of the protocol)
   */
  gate(longestFreezeMs?: number): Promise<void>
  /** A call that takes `ms`; the process may die or freeze before and after. */
  call<T>(ms: number, effect: () => T): Promise<T>
  /** A request to the destination has left. True where the process dies or freezes before it hears of it. */
  requestLeft(): boolean
}

export interface Accident {
  /** Number of the gate, or of the request, at which it happens. */
  readonly gate: number
  /** Default `gates`. */
  readonly counts?: 'gates' | 'requests'
  /** Infinity is a crash; anything else a freeze of so many ms. */
  readonly freezeMs: number
}

export function startProcess(time: WorldTime, accident: Accident | null): Process {
  let gates = 0
  let requests = 0
  let frozenUntil = -Infinity
  let fate: Process['fate'] = 'running'

  async function thaw(): Promise<void> {
    if (frozenUntil === Infinity) await new Promise(() => undefined)
    while (time.now() < frozenUntil) await time.sleep(frozenUntil - time.now())
  }

  async function gate(longestFreezeMs = Infinity): Promise<void> {
    gates += 1
    if (accident?.gate === gates && accident.counts !== 'requests') strike(accident, longestFreezeMs)
    await thaw()
  }

  function strike({ freezeMs }: Accident, longestFreezeMs: number): void {
    const isCrash = freezeMs === Infinity
    fate = isCrash ? 'crashed' : 'frozen'
    frozenUntil = isCrash ? Infinity : time.now() + Math.min(freezeMs, longestFreezeMs)
  }

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(signal?.reason as Error)
      signal?.addEventListener('abort', onAbort, { once: true })
      void time
        .sleep(ms)
        .then(thaw)
        .then(() => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
    })
  }

  return {
    clock: { now: time.now, monotonic: time.now, sleep },
    get gates() {
      return gates
    },
    get fate() {
      return fate
    },
    gate,
    requestLeft() {
      requests += 1
      const isHit = accident?.counts === 'requests' && accident.gate === requests
      if (isHit) strike(accident, Infinity)
      return isHit
    },
    async call(ms, effect) {
      await gate()
      const result = effect()
      await time.sleep(ms)
      await gate()
      return result
    },
  }
}
