import { startEmulator } from '../../emulator'
import { createAlarms } from '../alarms'
import { createActivations } from './activations'
import { createEntities, toRecord } from './entities'
import { entityRoute } from './entity-routes'
import { fireTrigger } from './triggers'
import type { Emulator, LoggedRequest, Reply } from '../../emulator'
import type { Alarms } from '../alarms'
import type { Activation, Activations, Started } from './activations'
import type { Action, Entities } from './entities'
import type { EntityRequest } from './entity-routes'

export interface OpenWhiskEmulator extends Emulator {
  readonly entities: Entities
  readonly activations: Activations
  readonly alarms: Alarms
  /** Fires an alarm now; resolves when the actions that it started have ended. */
  tick(trigger: string): Promise<readonly Activation[]>
}

export interface OpenWhiskOptions {
  readonly namespace: string
  /** `uuid:key` */
  readonly apiKey: string
  /** Set in every container before its action is loaded. */
  readonly env?: Readonly<Record<string, string>>
  readonly port?: number
}

/**
 * Adobe I/O Runtime: the OpenWhisk REST calls of App Builder's deploy code and of `aio rt`, the alarms feed,
 * and containers that run what was deployed.
 * @see https://openwhisk.apache.org/documentation.html#rest-api
 */
export async function startOpenWhisk({
  namespace,
  apiKey,
  env = {},
  port = 0,
}: OpenWhiskOptions): Promise<OpenWhiskEmulator> {
  const entities = createEntities()
  let url = ''
  const activations = createActivations({ namespace, apiKey, entities, apiHost: () => url, env })
  let ticking: Started[] = []
  const alarms = createAlarms((trigger, payload) => {
    ticking.push(...(fireTrigger(entities, activations, trigger, payload)?.started ?? []))
  })

  async function handle(request: LoggedRequest): Promise<Reply> {
    if (!request.headers.authorization)
      return { status: 401, body: { error: 'The supplied authentication is invalid.' } }
    const { pathname, searchParams } = new URL(request.url, 'http://openwhisk')
    if (pathname.endsWith('/audit-log-api/event-post')) return { status: 200, body: {} }
    if (pathname.endsWith('/logForwarding')) return { status: 200, body: { adobe_io_runtime: {} } }
    const path = pathname.replace(/^\/runtime/, '').replace(/^\/api\/v1\//, '')
    if (path === 'namespaces') return { status: 200, body: [namespace] }
    const [, space = '', kind = '', ...rest] = path.split('/').map(decodeURIComponent)
    const name = rest.join('/')
    const body = parseBody(request.body)

    if (space === 'whisk.system' && name === 'alarms/alarm') return feedReply(alarms.feed(body))
    if (space !== namespace && space !== '_')
      return {
        status: 403,
        body: { error: 'The supplied authentication is not authorized to access this namespace.' },
      }
    if (kind === 'activations') return activationRoute(rest, searchParams)
    if (request.method === 'POST' && kind === 'actions') return invoke(name, body, searchParams)
    if (request.method === 'POST' && kind === 'triggers') {
      if (!entities.triggers.has(name)) return missing
      const fired = fireTrigger(entities, activations, name, body)
      return fired ? { status: 202, body: { activationId: fired.activationId } } : { status: 204 }
    }
    if (request.method === 'POST' && kind === 'rules') return { status: 200, body: {} }
    if (!['packages', 'actions', 'triggers', 'rules'].includes(kind)) return missing
    const entity: EntityRequest = {
      method: request.method,
      kind: kind as EntityRequest['kind'],
      name,
      overwrite: searchParams.get('overwrite') === 'true',
      body,
    }
    return entityRoute(entities, namespace, entity)
  }

  async function invoke(
    name: string,
    payload: Record<string, unknown>,
    query: URLSearchParams,
  ): Promise<Reply> {
    const action = entities.actions.get(name)
    if (!action) return missing
    const bound = boundNames(action)
    const isFinal = action.annotations.some(({ key, value }) => key === 'final' && value === true)
    if (isFinal && Object.keys(payload).some((key) => bound.has(key))) {
      return {
        status: 400,
        body: { error: 'Request defines parameters that are not allowed (e.g., reserved properties).' },
      }
    }
    const started = activations.start(action, payload)
    if (query.get('blocking') !== 'true') return { status: 202, body: { activationId: started.activationId } }
    const activation = await started.done
    const status = activation.response.success ? 200 : 502
    return {
      status,
      body: query.get('result') === 'true' ? (Object(activation.response.result) as object) : activation,
    }
  }

  function boundNames(action: Action): ReadonlySet<string> {
    const inherited = entities.packages.get(action.package)?.parameters ?? []
    return new Set(Object.keys(toRecord([...inherited, ...action.parameters])))
  }

  function activationRoute([id, part]: readonly string[], query: URLSearchParams): Reply {
    if (id === undefined || id === '') {
      const limit = Number(query.get('limit') ?? 30)
      return {
        status: 200,
        body: activations.finished
          .slice(-limit)
          .reverse()
          .map((activation) => ({ ...activation, logs: [] })),
      }
    }
    const activation = activations.find(id)
    if (!activation) return missing
    if (part === 'result') return { status: 200, body: activation.response }
    if (part === 'logs') return { status: 200, body: { logs: activation.logs } }
    return { status: 200, body: activation }
  }

  const emulator = await startEmulator(handle, { port })
  url = emulator.url
  return {
    ...emulator,
    entities,
    activations,
    alarms,
    async tick(trigger) {
      ticking = []
      alarms.tick(trigger)
      return Promise.all(ticking.map(({ done }) => done))
    },
    async stop() {
      alarms.stop()
      await activations.stop()
      await emulator.stop()
    },
  }
}

const missing: Reply = {
  status: 404,
  body: { error: 'The requested resource does not exist.', code: 'emulated' },
}

function feedReply({ status, body }: { readonly status: number; readonly body: object }): Reply {
  // A blocking call of a feed that fails is an application error.
  return status === 200
    ? { status: 200, body: { response: { result: body, success: true } } }
    : { status: 502, body }
}

function parseBody(body: Buffer): Record<string, unknown> {
  return body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>)
}
