import { systemClock } from '../../../src/clock'
import { startEmulator } from '../../emulator'
import { createAlarms } from '../alarms'
import { activationRoute } from './activation-routes'
import { createActivations } from './activations'
import { adobeAuthValidator, validatorName } from './adobe-auth'
import { answers } from './answers'
import { createEntities } from './entities'
import { entityRoute } from './entity-routes'
import { invokeAction } from './invocation'
import { fireTrigger } from './triggers'
import { webRoute } from './web-actions'
import type { Clock } from '../../../src/clock'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../../emulator'
import type { Alarms } from '../alarms'
import type { Activation } from './activation'
import type { Activations } from './activations'
import type { VerifyToken } from './adobe-auth'
import type { Entities } from './entities'
import type { EntityRequest } from './entity-routes'

export interface OpenWhiskEmulator extends Emulator {
  readonly entities: Entities
  readonly activations: Activations
  readonly alarms: Alarms
  /** Fires an alarm now; resolves when the activations that it started have ended. */
  tick(trigger: string): Promise<readonly Activation[]>
}

export interface OpenWhiskOptions extends Pick<ServerOptions, 'port'> {
  readonly namespace: string
  /** `uuid:key` */
  readonly apiKey: string
  /** The IMS token of the person who deploys with the `aio` CLI; without it no `Bearer` is accepted. */
  readonly deployToken?: string
  /** Set in every container before its action is loaded. */
  readonly env?: Readonly<Record<string, string>>
  /** Verifies tokens for web actions with `require-adobe-auth`; by default no token is valid. */
  readonly verifyToken?: VerifyToken
  /** Activations that run at a time; more get 429. Default: 100, the limit of a namespace. */
  readonly activationsAtOnce?: number
  /** Called with each activation of an action that has ended. */
  readonly ended?: (activation: Activation) => void
  /** Used by alarms and by the limit of blocking invocations. */
  readonly clock?: Clock
}

const kinds: readonly string[] = ['packages', 'actions', 'triggers', 'rules']

/**
 * Adobe I/O Runtime: the OpenWhisk REST calls of App Builder's deploy code and of the `aio` CLI, web actions, the
 * alarms feed, and containers that run what was deployed.
 * @see https://github.com/apache/openwhisk/blob/master/docs/rest_api.md
 */
export async function startOpenWhisk({
  namespace,
  apiKey,
  deployToken,
  env = {},
  verifyToken = () => null,
  clock = systemClock,
  port = 0,
  activationsAtOnce = 100,
  ended = () => undefined,
}: OpenWhiskOptions): Promise<OpenWhiskEmulator> {
  const entities = createEntities()
  const sharedActions = { [validatorName]: adobeAuthValidator(verifyToken) }
  let url = ''
  const apiHost = () => url
  const activations = createActivations({
    ...{ namespace, apiKey, entities, apiHost, env, sharedActions },
    activationsAtOnce,
    ended,
  })
  const invoker = { entities, activations, clock }
  const alarms = createAlarms(clock, (trigger, payload) => fireTrigger(invoker, trigger, payload))
  const accepted = [`Basic ${Buffer.from(apiKey).toString('base64')}`]
  // The deploy service takes a person's own token instead of the key of the namespace.
  if (deployToken !== undefined) accepted.push(`Bearer ${deployToken}`)

  async function handle(request: LoggedRequest): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url, 'http://openwhisk')
    // The CLI's deploy service has the same calls below /runtime.
    const [area, ...rest] = pathname
      .replace(/^(\/runtime)?(\/api\/v1)?\//, '')
      .split('/')
      .map(decodeURIComponent)
    if (area === 'web')
      return rest[0] === namespace ? webRoute(invoker, request, rest.slice(1)) : answers.missing
    if (!accepted.includes(request.headers.authorization ?? '')) return answers.unauthenticated
    if (area === 'audit-log-api') return { status: 200, body: {} }
    if (area !== 'namespaces') return answers.missing
    if (rest[0] === undefined || rest[0] === '') return { status: 200, body: [namespace] }
    return inNamespace(request, rest, searchParams)
  }

  function inNamespace(
    { method, body: bytes }: LoggedRequest,
    [space, kind = '', ...rest]: readonly string[],
    query: URLSearchParams,
  ): Reply | Promise<Reply> {
    const name = rest.join('/')
    const body = parse(bytes)
    if (space === 'whisk.system') return name === 'alarms/alarm' ? alarms.feed(body) : notImitated(name)
    if (space !== namespace && space !== '_') return answers.forbidden
    if (kind === 'logForwarding') return { status: 200, body: { adobe_io_runtime: {} } }
    if (kind === 'activations') return activationRoute(activations, rest, query)
    if (method === 'POST' && kind === 'actions') return invokeAction(invoker, name, body, query)
    if (method === 'POST' && kind === 'triggers') {
      if (!entities.triggers.has(name)) return answers.missing
      const fired = fireTrigger(invoker, name, body)
      return fired ? { status: 202, body: { activationId: fired.activationId } } : { status: 204 }
    }
    if (!kinds.includes(kind)) return answers.missing
    return entityRoute(entities, namespace, {
      method,
      kind: kind as EntityRequest['kind'],
      name,
      query,
      body,
    })
  }

  const emulator = await startEmulator(handle, { port })
  url = emulator.url
  return {
    ...emulator,
    entities,
    activations,
    alarms,
    tick: (trigger) => Promise.all((alarms.tick(trigger)?.started ?? []).map(({ done }) => done)),
    async stop() {
      alarms.stop()
      await activations.stop()
      await emulator.stop()
    },
  }
}

function notImitated(name: string): Reply {
  return answers.badRequest(`This platform imitates /whisk.system/alarms/alarm, not /whisk.system/${name}.`)
}

function parse(body: Buffer): Record<string, unknown> {
  return body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>)
}
