import { Cron } from 'croner'
import { lastName } from './openwhisk/entities'
import type { Clock } from '../../src/clock'
import type { Reply } from '../emulator'
import type { Fired } from './openwhisk/triggers'

/** One alarm, as it was created at the feed. */
export interface Alarm {
  readonly trigger: string
  readonly cron: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Below 2^31 ms, the maximum of a timer. */
const longestSleepMs = 24 * 60 * 60 * 1000

type Fire = (trigger: string, payload: Alarm['payload']) => Fired | null

/**
 * The alarms package: a feed that fires triggers by cron, in UTC. Like the real one, it does not catch up on missed
 * ticks and does not prevent overlapping runs.
 */
export interface Alarms {
  readonly all: ReadonlyMap<string, Alarm>
  /** Handles an invocation of the feed action. */
  feed(params: Readonly<Record<string, unknown>>): Reply
  /** Fires an alarm now, independent of its cron. */
  tick(trigger: string): Fired | null
  /** Starts to fire all alarms by their cron. */
  start(): void
  /** Simulates a provider outage: ticks that fall due are missed. */
  stop(): void
}

export function createAlarms(clock: Clock, fire: Fire): Alarms {
  const all = new Map<string, Alarm>()
  const timers = new Map<string, AbortController>()
  let live = false

  function tick(trigger: string): Fired | null {
    const alarm = all.get(trigger)
    return alarm ? fire(trigger, alarm.payload) : null
  }

  async function fireOnTime({ trigger, cron }: Alarm, { signal }: AbortController): Promise<void> {
    for (;;) {
      const next = new Cron(cron, { timezone: 'UTC' }).nextRun(new Date(clock.now()))?.getTime()
      if (next === undefined) return
      while (clock.now() < next) await clock.sleep(Math.min(next - clock.now(), longestSleepMs), signal)
      tick(trigger)
    }
  }

  function schedule(alarm: Alarm): void {
    timers.get(alarm.trigger)?.abort()
    if (!live) return
    const timer = new AbortController()
    timers.set(alarm.trigger, timer)
    fireOnTime(alarm, timer).catch(() => undefined)
  }

  function create(trigger: string, params: Readonly<Record<string, unknown>>): Reply {
    const cron = textOf(params.cron)
    try {
      new Cron(cron, { paused: true })
    } catch {
      return failed(`cron pattern '${cron}' is not valid`)
    }
    const alarm = { trigger, cron, payload: payloadOf(params.trigger_payload) }
    all.set(trigger, alarm)
    schedule(alarm)
    return succeeded
  }

  return {
    all,
    tick,
    feed(params) {
      const trigger = lastName(textOf(params.triggerName))
      if (params.lifecycleEvent === 'CREATE') return create(trigger, params)
      if (params.lifecycleEvent !== 'DELETE') return failed('lifecycleEvent is not supported')
      timers.get(trigger)?.abort()
      return all.delete(trigger) ? succeeded : failed(`there is no alarm for ${trigger}`)
    },
    start() {
      live = true
      for (const alarm of all.values()) schedule(alarm)
    },
    stop() {
      live = false
      for (const timer of timers.values()) timer.abort()
    },
  }
}

/** The feed is invoked as a blocking action, so its failures are application errors. */
const succeeded: Reply = { status: 200, body: { response: { result: { status: 'success' }, success: true } } }

function failed(error: string): Reply {
  return { status: 502, body: { response: { result: { error }, success: false } } }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Text that is not JSON becomes `{ payload }`; a missing payload becomes `{}`. */
function payloadOf(payload: unknown): Alarm['payload'] {
  if (typeof payload === 'object' && payload !== null) return payload as Alarm['payload']
  if (typeof payload !== 'string' || payload === '') return {}
  try {
    return JSON.parse(payload) as Alarm['payload']
  } catch {
    return { payload }
  }
}
