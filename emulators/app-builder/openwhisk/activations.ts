import { randomUUID } from 'node:crypto'
import { createContainerPool } from '../container-pool'
import { annotationsOf, notProvisioned, ofResult, responseTo } from './activation'
import { boundParameters, isAnnotated, nameInPackage } from './entities'
import type { ContainerPool } from '../container-pool'
import type { Activation, ActivationResponse, Timing } from './activation'
import type { Action, Entities, Entity } from './entities'

type Params = Readonly<Record<string, unknown>>

/** An accepted invocation. */
export interface Started {
  readonly activationId: string
  readonly done: Promise<Activation>
}

export interface Activations extends Pick<ContainerPool, 'busy' | 'killAll' | 'stop'> {
  /** All ended activations, oldest first. Unlike the real service, it keeps successful blocking ones too. */
  readonly finished: readonly Activation[]
  find(id: string): Activation | undefined
  /** The refusal of another activation while as many run as the namespace may have; null otherwise. */
  crowded(): string | null
  start(action: Action, payload: Params): Started
  /** Records the activation of a trigger; returns its id. */
  recordTrigger(trigger: Entity, payload: Params, logs: readonly string[]): string
}

export interface ActivationOptions {
  readonly namespace: string
  readonly apiKey: string
  readonly entities: Entities
  readonly apiHost: () => string
  /** Set in every container before the action is loaded. */
  readonly env: Readonly<Record<string, string>>
  /** Actions of other namespaces that a sequence may name, by their full name. */
  readonly sharedActions: Readonly<Record<string, (params: Params) => object>>
  /** Activations that the namespace may have at a time. */
  readonly activationsAtOnce: number
  /** Called with each activation of an action or sequence that has ended. */
  readonly ended: (activation: Activation) => void
}

interface Run extends Omit<Timing, 'accepted'> {
  readonly response: ActivationResponse
  readonly logs: readonly string[]
}

/** Runs actions and sequences, and records their activations. */
export function createActivations(options: ActivationOptions): Activations {
  const { namespace, apiKey, entities, apiHost, env, sharedActions } = options
  const pool = createContainerPool()
  const finished: Activation[] = []
  let running = 0

  async function runAction(action: Action, params: Params, activationId: string): Promise<Run> {
    const { limits, exec, version } = action
    const path = `/${namespace}/${action.package}/${action.name}`
    const place = await pool.enter({ path, revision: action }, limits.concurrency, {
      code: Buffer.from(exec.code ?? '', 'base64'),
      main: exec.main ?? 'main',
      memoryMb: limits.memory,
      env: { ...env, __OW_ALLOW_CONCURRENT: String(limits.concurrency > 1) },
    })
    const body = {
      value: params,
      namespace,
      action_name: path,
      action_version: version,
      api_host: apiHost(),
      ...(isAnnotated(action, 'provide-api-key') ? { api_key: apiKey } : {}),
      activation_id: activationId,
      transaction_id: newId(),
      deadline: String(Date.now() + limits.timeout),
    }
    const { end, ...run } = await place.container.run(body, limits.timeout).finally(() => place.leave())
    return { ...run, response: responseTo(end, limits.timeout), timedOut: end.kind === 'timeout' }
  }

  /** Passes each result on to the next component; an error ends the sequence. Its logs are the components' activation ids. */
  async function runSequence(components: readonly string[], params: Params): Promise<Run> {
    const start = Date.now()
    const logs: string[] = []
    let response = ofResult(params)
    for (const component of components) {
      const shared = sharedActions[component]
      const action = entities.actions.get(nameInPackage(component))
      if (shared) response = ofResult(shared(response.result as Params))
      else if (action) {
        const part = begin(action, response.result as Params)
        logs.push(part.activationId)
        response = (await part.done).response
      } else response = ofResult({ error: 'Sequence component does not exist.' })
      if (!response.success) break
    }
    return { response, logs, start, initMs: null, timedOut: false }
  }

  function begin(action: Action, payload: Params): Started {
    const activationId = newId()
    const accepted = Date.now()
    running += 1
    const params = { ...boundParameters(entities, action), ...payload }
    const { components } = action.exec
    const run = components ? runSequence(components, params) : runAction(action, params, activationId)
    const done = run.catch(unprovisioned).then(({ response, logs, ...timing }) => {
      const annotations = annotationsOf(action, { accepted, ...timing })
      const { start } = timing
      const end = Date.now()
      const run = { activationId, start, end, duration: end - start, response, logs, annotations }
      running -= 1
      const activation = keep(action, run)
      options.ended(activation)
      return activation
    })
    return { activationId, done }
  }

  function keep(
    { name, version }: Entity,
    run: Omit<Activation, 'namespace' | 'name' | 'version' | 'publish'>,
  ): Activation {
    const activation: Activation = { ...run, namespace, name, version, publish: false }
    finished.push(activation)
    return activation
  }

  return {
    finished,
    find: (id) => finished.find(({ activationId }) => activationId === id),
    crowded: () =>
      running < options.activationsAtOnce
        ? null
        : `Too many concurrent requests in flight (count: ${running}, allowed: ${options.activationsAtOnce}).`,
    start: begin,
    recordTrigger(trigger, payload, logs) {
      const activationId = newId()
      const response = { status: 'success', statusCode: 0, success: true, result: payload } as const
      keep(trigger, { activationId, start: Date.now(), end: 0, response, logs, annotations: [] })
      return activationId
    },
    busy: () => pool.busy(),
    killAll: () => pool.killAll(),
    stop: () => pool.stop(),
  }
}

function unprovisioned(error: unknown): Run {
  const logs = [String(error)]
  return { response: notProvisioned(), logs, start: Date.now(), initMs: null, timedOut: false }
}

function newId(): string {
  return randomUUID().replaceAll('-', '')
}
