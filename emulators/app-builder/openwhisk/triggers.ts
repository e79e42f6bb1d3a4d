import { lastName, nameInPackage, toRecord } from './entities'
import { overridesFinal } from './invocation'
import type { Started } from './activations'
import type { Rule } from './entities'
import type { Invoker } from './invocation'

/** The activation of a trigger and the activations that it started. */
export interface Fired {
  readonly activationId: string
  readonly started: readonly Started[]
}

/**
 * Fires a trigger: invokes the action of every active rule with the stored parameters and the payload. A rule that
 * fails is recorded only in the logs of the trigger's activation.
 * Returns null without an active rule: OpenWhisk then records nothing and answers 204.
 */
export function fireTrigger(
  { entities, activations }: Omit<Invoker, 'clock'>,
  name: string,
  payload: Readonly<Record<string, unknown>>,
): Fired | null {
  const trigger = entities.triggers.get(name)
  const rules = [...entities.rules.values()].filter((rule) => lastName(rule.trigger) === name)
  if (!trigger || !rules.some(({ status }) => status === 'active')) return null
  const params = { ...toRecord(trigger.parameters), ...payload }
  const started: Started[] = []

  function apply({ status, action: path }: Rule): {
    success: boolean
    activationId?: string
    error?: string
  } {
    const action = entities.actions.get(nameInPackage(path))
    if (status === 'inactive') return { success: false, error: `action '${path}' was not activated` }
    if (!action) return { success: false, error: 'The requested resource does not exist.' }
    if (overridesFinal(entities, action, params))
      return { success: false, error: 'Request defines parameters that are not allowed.' }
    const crowded = activations.crowded()
    if (crowded !== null) return { success: false, error: crowded }
    const run = activations.start(action, params)
    started.push(run)
    return { success: true, activationId: run.activationId }
  }

  const logs = rules.map((rule) => {
    const outcome = apply(rule)
    const statusCode = outcome.success ? 0 : 1
    return JSON.stringify({
      statusCode,
      ...outcome,
      rule: `${rule.namespace}/${rule.name}`,
      action: rule.action,
    })
  })
  return { activationId: activations.recordTrigger(trigger, payload, logs), started }
}
