import { Cron } from 'croner'
import { lastName } from './openwhisk/entities'

/** One alarm, as its feed was told. */
export interface Alarm {
  readonly trigger: string
  readonly cron: string
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * The alarms package: a feed that fires triggers by cron, in UTC. Like the real one it neither catches up on missed
 * ticks nor prevents overlaps.
 */
export interface Alarms {
  readonly all: ReadonlyMap<string, Alarm>
  /** Handles a call of the feed action; returns its result, or an error with its status. */
  feed(params: Readonly<Record<string, unknown>>): { readonly status: number; readonly body: object }
  /** Fires an alarm now, whatever its cron says. */
  tick(trigger: string): void
  /** Lets all alarms fire by themselves, in real time. */
  start(): void
  stop(): void
}

export function createAlarms(
  fire: (trigger: string, payload: Readonly<Record<string, unknown>>) => void,
): Alarms {
  const all = new Map<string, Alarm>()
  const timers = new Map<string, Cron>()
  let live = false

  function schedule(alarm: Alarm): void {
    timers.get(alarm.trigger)?.stop()
    if (live)
      timers.set(
        alarm.trigger,
        new Cron(alarm.cron, { timezone: 'UTC' }, () => fire(alarm.trigger, alarm.payload)),
      )
  }

  function create(trigger: string, params: Readonly<Record<string, unknown>>) {
    const cron = textOf(params.cron)
    try {
      new Cron(cron, { paused: true })
    } catch {
      return { status: 400, body: { error: `cron pattern '${cron}' is not valid` } }
    }
    const alarm = { trigger, cron, payload: payloadOf(params.trigger_payload) }
    all.set(trigger, alarm)
    schedule(alarm)
    return { status: 200, body: { status: 'success' } }
  }

  return {
    all,
    feed(params) {
      const trigger = lastName(textOf(params.triggerName))
      if (params.lifecycleEvent === 'CREATE') return create(trigger, params)
      if (params.lifecycleEvent !== 'DELETE')
        return { status: 400, body: { error: 'lifecycleEvent is not supported' } }
      timers.get(trigger)?.stop()
      return all.delete(trigger)
        ? { status: 200, body: { status: 'success' } }
        : { status: 404, body: { error: `no alarm for ${trigger}` } }
    },
    tick(trigger) {
      const alarm = all.get(trigger)
      if (alarm) fire(trigger, alarm.payload)
    },
    start() {
      live = true
      for (const alarm of all.values()) schedule(alarm)
    },
    stop() {
      live = false
      for (const timer of timers.values()) timer.stop()
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A string that is not JSON becomes `{ payload }`; none becomes `{}`. */
function payloadOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload === 'object' && payload !== null) return payload as Record<string, unknown>
  if (typeof payload !== 'string' || payload === '') return {}
  try {
    return JSON.parse(payload) as Record<string, unknown>
  } catch {
    return { payload }
  }
}
