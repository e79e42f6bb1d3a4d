import * as z from 'zod'
import { TransportError } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { triggerList, triggerRecord } from '../namespace'
import type { HttpClient, HttpRequest } from '../../http/http-client'
import type { Namespace } from '../namespace'

/** An alarm of the namespace, and the actions that it wakes. */
export interface Alarm {
  /** In UTC; null of an alarm that does not fire by cron. */
  readonly cron: string | null
  readonly payload: Readonly<Record<string, unknown>>
  /** Actions of this package, by active rules. */
  readonly actions: readonly string[]
}

export interface Alarms {
  readonly found: readonly Alarm[]
  /** False where the platform did not answer for all of them. */
  readonly complete: boolean
}

const feed = '/whisk.system/alarms/'
const Annotations = z.array(z.object({ key: z.string(), value: z.unknown().optional() })).default([])
const Payload = z.record(z.string(), z.unknown()).catch({})
const Listed = z.array(z.object({ name: z.string(), annotations: Annotations }))
const Trigger = z.object({
  parameters: Annotations,
  rules: z
    .record(
      z.string(),
      z.object({ status: z.string(), action: z.object({ path: z.string(), name: z.string() }) }),
    )
    .default({}),
})

/** Adobe lists at most 50 entities a request. */
const pageSize = 50
/** A person waits for the page. */
const timeoutMs = 5_000
const [mostTriggers, atOnce] = [200, 10]

type Ask = <T>(
  request: Pick<HttpRequest, 'method' | 'url' | 'headers'>,
  answer: z.ZodType<T>,
) => Promise<T | null>

/**
 * Reads the alarms of the namespace: lists lack parameters and rules, so each trigger is read. It stops at the first
 * request without an answer, because the page must not wait for a platform in trouble.
 */
export async function readAlarms(http: HttpClient, namespace: Namespace): Promise<Alarms> {
  const ask = askerOf(http)
  const { names, complete } = await alarmNames(ask, namespace)
  const found: Alarm[] = []
  const queue = [...names]

  async function work(): Promise<void> {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const trigger = await ask(triggerRecord(namespace, name), Trigger)
      if (trigger) found.push(alarmOf(trigger, namespace))
      else queue.splice(0)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { found, complete: complete && found.length === names.length }
}

/** Null without an answer, and for one of another form. */
function askerOf(http: HttpClient): Ask {
  return async (request, answer) => {
    const response = await http({ ...request, timeoutMs }).catch((error: unknown) => {
      if (error instanceof TransportError) return null
      throw error
    })
    return response?.status === 200 ? (answer.safeParse(parseJson(response.body)).data ?? null) : null
  }
}

async function alarmNames(
  ask: Ask,
  namespace: Namespace,
): Promise<{ readonly names: readonly string[]; readonly complete: boolean }> {
  const names: string[] = []
  for (let skip = 0; skip < mostTriggers; skip += pageSize) {
    const page = await ask(triggerList(namespace, { limit: pageSize, skip }), Listed)
    if (!page) return { names, complete: false }
    names.push(...page.filter(isAlarm).map(({ name }) => name))
    if (page.length < pageSize) return { names, complete: true }
  }
  return { names, complete: false }
}

function isAlarm({ annotations }: z.infer<typeof Listed>[number]): boolean {
  return annotations.some(({ key, value }) => key === 'feed' && String(value).startsWith(feed))
}

function alarmOf({ parameters, rules }: z.infer<typeof Trigger>, { packageName }: Namespace): Alarm {
  const valueOf = (name: string) => parameters.find(({ key }) => key === name)?.value
  const [cron, payload] = [valueOf('cron'), valueOf('trigger_payload')]
  return {
    cron: typeof cron === 'string' ? cron : null,
    payload: Payload.parse(typeof payload === 'string' ? parseJson(payload) : payload),
    actions: Object.values(rules)
      .filter(({ status, action }) => status === 'active' && action.path.split('/').at(-1) === packageName)
      .map(({ action }) => action.name),
  }
}
