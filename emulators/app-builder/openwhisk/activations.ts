import { randomUUID } from 'node:crypto'
import { startContainer } from '../action-container'
import { toRecord } from './entities'
import type { ActionContainer, ContainerEnd } from '../action-container'
import type { Action, Entities } from './entities'

export interface Activation {
  readonly activationId: string
  readonly namespace: string
  readonly name: string
  readonly start: number
  readonly end: number
  readonly duration: number
  readonly response: {
    readonly status: 'success' | 'application error' | 'developer error'
    readonly success: boolean
    readonly result: unknown
  }
  readonly logs: readonly string[]
  readonly annotations: readonly { readonly key: string; readonly value: unknown }[]
}

/** A run that has been accepted. */
export interface Started {
  readonly activationId: string
  readonly done: Promise<Activation>
}

export interface Activations {
  readonly finished: readonly Activation[]
  find(id: string): Activation | undefined
  start(action: Action, payload: Readonly<Record<string, unknown>>): Started
  /** Process ids of the containers that are at work. */
  busy(): readonly number[]
  /** Kills every container, busy or idle; the next run starts cold. */
  killAll(): void
  stop(): Promise<void>
}

export interface ActivationOptions {
  readonly namespace: string
  readonly apiKey: string
  readonly entities: Entities
  readonly apiHost: () => string
  /** Set in every container before the action is loaded. */
  readonly env: Readonly<Record<string, string>>
}

interface Pooled {
  readonly container: ActionContainer
  readonly version: string
  running: number
}

/** Runs actions in containers, which stay warm for the next run. All activations are kept. */
export function createActivations(options: ActivationOptions): Activations {
  const { namespace, apiKey, entities, apiHost, env } = options
  const pools = new Map<string, Pooled[]>()
  const finished: Activation[] = []

  async function containerFor(key: string, action: Action): Promise<Pooled> {
    const pool = (pools.get(key) ?? []).filter(({ container }) => container.alive)
    const free = pool.find(
      (pooled) => pooled.version === action.version && pooled.running < action.limits.concurrency,
    )
    if (free) {
      free.running += 1
      return free
    }
    const container = await startContainer({
      code: Buffer.from(action.exec.code ?? '', 'base64'),
      main: action.exec.main ?? 'main',
      memoryMb: action.limits.memory,
      env: { ...env, __OW_ALLOW_CONCURRENT: String(action.limits.concurrency > 1) },
    })
    const pooled = { container, version: action.version, running: 1 }
    pools.set(key, [...pool, pooled])
    return pooled
  }

  async function run(
    action: Action,
    payload: Readonly<Record<string, unknown>>,
    activationId: string,
  ): Promise<Activation> {
    const start = Date.now()
    const params = {
      ...toRecord(entities.packages.get(action.package)?.parameters ?? []),
      ...toRecord(action.parameters),
      ...payload,
    }
    let end: ContainerEnd
    let logs: readonly string[] = []
    try {
      const pooled = await containerFor(`${action.package}/${action.name}`, action)
      const providesKey = action.annotations.some(
        ({ key, value }) => key === 'provide-api-key' && value === true,
      )
      const body = {
        value: params,
        namespace,
        action_name: `/${namespace}/${action.package}/${action.name}`,
        action_version: action.version,
        api_host: apiHost(),
        ...(providesKey ? { api_key: apiKey } : {}),
        activation_id: activationId,
        transaction_id: randomUUID().replaceAll('-', ''),
        deadline: String(Date.now() + action.limits.timeout),
      }
      const outcome = await pooled.container.run(body, action.limits.timeout)
      pooled.running -= 1
      end = outcome.end
      logs = outcome.logs
    } catch (error) {
      end = { kind: 'result', result: { error: String(error) } }
    }
    return record(action, activationId, start, end, logs)
  }

  function record(
    action: Action,
    activationId: string,
    start: number,
    end: ContainerEnd,
    logs: readonly string[],
  ): Activation {
    const finish = Date.now()
    const activation: Activation = {
      activationId,
      namespace,
      name: action.name,
      start,
      end: finish,
      duration: finish - start,
      response: responseOf(end, action),
      logs,
      annotations: [
        { key: 'path', value: `${namespace}/${action.package}/${action.name}` },
        { key: 'kind', value: action.exec.kind },
        { key: 'limits', value: action.limits },
      ],
    }
    finished.push(activation)
    return activation
  }

  const all = () => [...pools.values()].flat()
  return {
    finished,
    find: (id) => finished.find(({ activationId }) => activationId === id),
    start(action, payload) {
      const activationId = randomUUID().replaceAll('-', '')
      return { activationId, done: run(action, payload, activationId) }
    },
    busy: () =>
      all()
        .filter(({ container, running }) => container.alive && running > 0)
        .map(({ container }) => container.pid),
    killAll: () => all().forEach(({ container }) => container.kill()),
    stop: async () => {
      await Promise.all(all().map(({ container }) => container.dispose()))
    },
  }
}

function responseOf(end: ContainerEnd, { limits }: Action): Activation['response'] {
  const developerError = (error: string) =>
    ({ status: 'developer error', success: false, result: { error } }) as const
  if (end.kind === 'timeout')
    return developerError(`The action exceeded its time limits of ${limits.timeout} milliseconds.`)
  if (end.kind === 'memory') return developerError('The action exhausted its memory and was aborted.')
  if (end.kind === 'died') {
    return developerError('The action did not initialize or run as expected. Log data might be missing.')
  }
  const failed = typeof end.result === 'object' && end.result !== null && 'error' in end.result
  return { status: failed ? 'application error' : 'success', success: !failed, result: end.result }
}
