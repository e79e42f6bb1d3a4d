import { answers } from './answers'
import { boundParameters, isAnnotated } from './entities'
import type { Clock } from '../../../src/clock'
import type { Reply } from '../../emulator'
import type { Activation } from './activation'
import type { Activations, Started } from './activations'
import type { Action, Entities } from './entities'

/** Limit of a blocking invocation, ms; the activation continues after it. */
const blockingLimitMs = 60_000

/** The dependencies of an invocation. */
export interface Invoker {
  readonly entities: Entities
  readonly activations: Activations
  readonly clock: Clock
}

/** `POST actions/{name}`: `?blocking=true` waits for the activation, `&result=true` for its result alone. */
export async function invokeAction(
  invoker: Invoker,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
): Promise<Reply> {
  const action = invoker.entities.actions.get(name)
  if (!action) return answers.missing
  if (overridesFinal(invoker.entities, action, payload)) return answers.parametersNotAllowed
  const crowded = invoker.activations.crowded()
  if (crowded !== null) return answers.crowded(crowded)
  const started = invoker.activations.start(action, payload)
  const activation = query.get('blocking') === 'true' ? await settled(started, invoker.clock) : null
  if (!activation) return { status: 202, body: { activationId: started.activationId } }
  const { success, result } = activation.response
  return {
    status: success ? 200 : 502,
    body: query.get('result') === 'true' ? (Object(result) as object) : activation,
  }
}

/** Whether the payload overrides a bound parameter of an action with the annotation `final`. */
export function overridesFinal(
  entities: Entities,
  action: Action,
  payload: Readonly<Record<string, unknown>>,
): boolean {
  if (!isAnnotated(action, 'final')) return false
  const bound = boundParameters(entities, action)
  return Object.keys(payload).some((name) => name in bound)
}

/** The activation; null if it does not end within the blocking limit. */
export async function settled({ done }: Started, clock: Clock): Promise<Activation | null> {
  const waiting = new AbortController()
  const limit = clock.sleep(blockingLimitMs, waiting.signal).then(
    () => null,
    () => null,
  )
  try {
    return await Promise.race([done, limit])
  } finally {
    waiting.abort()
  }
}
