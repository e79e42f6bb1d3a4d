import { Cron } from 'croner'
import type { Alarm, Alarms } from './alarms'

/** When an alarm wakes an action next. `none`: no alarm with an active rule. `unknown`: it could not be read. */
export type NextAlarm =
  { readonly kind: 'at'; readonly at: string } | { readonly kind: 'none' } | { readonly kind: 'unknown' }

/** The next alarm that runs a job. @param now ms since the epoch */
export function nextAlarmOf(
  alarms: Alarms,
  { job, tenant }: { readonly job: string; readonly tenant: string | null },
  now: number,
): NextAlarm {
  const isOf = ({ actions, payload }: Alarm) =>
    actions.includes('run-job') &&
    payload.job === job &&
    (tenant === null ? (payload.tenant ?? '') === '' : payload.tenant === tenant || payload.tenant === 'all')
  return earliest(alarms, isOf, now)
}

/** The next alarm of the watchdog. */
export function nextWatch(alarms: Alarms, now: number): NextAlarm {
  return earliest(alarms, ({ actions }) => actions.includes('watchdog'), now)
}

function earliest({ found, complete }: Alarms, isOf: (alarm: Alarm) => boolean, now: number): NextAlarm {
  const own = found.filter(isOf)
  const times = own.flatMap(({ cron }) => nextTime(cron, now) ?? [])
  const [first] = times.toSorted((one, other) => one - other)
  if (first !== undefined) return { kind: 'at', at: new Date(first).toISOString() }
  return { kind: own.length === 0 && complete ? 'none' : 'unknown' }
}

/** The alarms package evaluates patterns in UTC. Null where the pattern is invalid or never fires again. */
function nextTime(cron: string | null, now: number): number | null {
  if (cron === null) return null
  try {
    return new Cron(cron, { timezone: 'UTC', paused: true }).nextRun(new Date(now))?.getTime() ?? null
  } catch {
    return null
  }
}
