import { randomUUID } from 'node:crypto'
import { lastName, toRecord } from './entities'
import type { Activations, Started } from './activations'
import type { Entities } from './entities'

/** What firing a trigger led to. */
export interface Fired {
  readonly activationId: string
  readonly started: readonly Started[]
}

/**
 * Fires a trigger: its stored parameters, merged with the payload, go to the action of every active rule.
 * Null where no active rule listens: OpenWhisk then keeps nothing and answers 204.
 */
export function fireTrigger(
  { triggers, rules, actions }: Entities,
  activations: Activations,
  name: string,
  payload: Readonly<Record<string, unknown>>,
): Fired | null {
  const trigger = triggers.get(name)
  const listening = [...rules.values()].filter(
    (rule) => rule.status === 'active' && lastName(rule.trigger) === name,
  )
  if (!trigger || listening.length === 0) return null
  const params = { ...toRecord(trigger.parameters), ...payload }
  const started = listening.flatMap((rule) => {
    const action = actions.get(rule.action.split('/').slice(-2).join('/'))
    return action ? [activations.start(action, params)] : []
  })
  return { activationId: randomUUID().replaceAll('-', ''), started }
}
