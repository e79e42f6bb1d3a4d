import { answers } from './answers'
import { defaultLimits, lastName, nameInPackage } from './entities'
import { listOf } from './page'
import type { Reply } from '../../emulator'
import type { Action, Entities, Entity, KeyValue, Rule, Trigger } from './entities'

/** A request for one entity, or for all of one kind. */
export interface EntityRequest {
  readonly method: string
  readonly kind: 'packages' | 'actions' | 'triggers' | 'rules'
  /** '' requests the list. */
  readonly name: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}

/** GET, PUT and DELETE of packages, actions, triggers and rules, with OpenWhisk's statuses. */
export function entityRoute(entities: Entities, namespace: string, request: EntityRequest): Reply {
  const { method, kind, name, query } = request
  const store = entities[kind] as Map<string, Entity>
  if (name === '') return { status: 200, body: listOf(kind, [...store.values()].map(summaryOf), query) }
  const found = store.get(name)
  if (method === 'PUT') return put(entities, namespace, request, found)
  if (!found) return answers.missing
  if (method === 'DELETE') return remove(entities, kind, name, found)
  if (method === 'POST' && kind === 'rules') return setStatus(entities, name, request.body)
  if (method === 'GET') return { status: 200, body: detailsOf(entities, kind, found) }
  return { status: 405 }
}

function put(
  { packages, actions, triggers, rules }: Entities,
  namespace: string,
  { kind, name, query, body }: EntityRequest,
  found: Entity | undefined,
): Reply {
  if (found && query.get('overwrite') !== 'true') return answers.exists
  const patch = Number(found?.version.split('.').at(-1) ?? 0) + 1
  const entity: Entity = {
    name: lastName(name),
    namespace,
    version: `0.0.${patch}`,
    publish: false,
    annotations: (body.annotations as KeyValue[] | undefined) ?? found?.annotations ?? [],
    parameters: (body.parameters as KeyValue[] | undefined) ?? found?.parameters ?? [],
    updated: Date.now(),
  }
  if (kind === 'packages') packages.set(name, entity)
  if (kind === 'actions') {
    const [owner = ''] = name.split('/')
    if (!packages.has(owner)) return answers.missing
    if (!body.exec) return answers.badRequest('exec undefined')
    actions.set(name, actionOf(entity, owner, body))
  }
  if (kind === 'triggers')
    triggers.set(name, { ...entity, ...(body.feed ? { feed: body.feed } : {}) } as Trigger)
  if (kind === 'rules') {
    const { trigger = '', action = '' } = body as Record<string, string>
    if (!triggers.has(lastName(trigger))) return answers.badRequest(`trigger ${trigger} does not exist`)
    if (!actions.has(nameInPackage(action))) return answers.badRequest(`action ${action} does not exist`)
    rules.set(name, { status: 'active', ...found, ...entity, trigger, action })
  }
  return { status: 200, body: summaryOf(entity) }
}

function actionOf(entity: Entity, owner: string, body: Readonly<Record<string, unknown>>): Action {
  const exec = body.exec as Action['exec']
  return {
    ...entity,
    // In OpenWhisk the package is part of an action's namespace.
    namespace: `${entity.namespace}/${owner}`,
    package: owner,
    annotations: [...entity.annotations, { key: 'exec', value: exec.kind }],
    exec,
    limits: { ...defaultLimits, ...(body.limits as Partial<Action['limits']> | undefined) },
  }
}

function remove(entities: Entities, kind: EntityRequest['kind'], name: string, found: Entity): Reply {
  if (kind === 'packages' && [...entities.actions.values()].some((action) => action.package === name))
    return answers.conflict('Package not empty. Set force param or delete package contents.')
  entities[kind].delete(name)
  // OpenWhisk stores the status of a rule with its trigger, so deleting the trigger deactivates the rule.
  if (kind === 'triggers')
    for (const [key, rule] of entities.rules)
      if (lastName(rule.trigger) === name) entities.rules.set(key, { ...rule, status: 'inactive' })
  return { status: 200, body: found }
}

function setStatus({ rules }: Entities, name: string, { status }: Readonly<Record<string, unknown>>): Reply {
  const rule = rules.get(name)
  if (!rule) return answers.missing
  if (status !== 'active' && status !== 'inactive')
    return answers.badRequest("The status must be 'active' or 'inactive'.")
  rules.set(name, { ...rule, status })
  return { status: 200 }
}

/** Adds the actions of a package, and the rules of a trigger: the CLI shows how many of them are active. */
function detailsOf({ actions, rules }: Entities, kind: EntityRequest['kind'], entity: Entity): object {
  if (kind === 'packages') {
    const own = [...actions.values()].filter((action) => action.package === entity.name).map(summaryOf)
    return { ...entity, actions: own, feeds: [], binding: {} }
  }
  if (kind !== 'triggers') return entity
  const own = [...rules.values()].filter((rule) => lastName(rule.trigger) === entity.name)
  return { ...entity, rules: Object.fromEntries(own.map(reducedRule)) }
}

function reducedRule({ namespace, name, action, status }: Rule): [string, object] {
  const path = action.replace(/^\//, '').split('/').slice(0, -1).join('/')
  return [`${namespace}/${name}`, { action: { path, name: lastName(action) }, status }]
}

/** An entity without code and parameters, as lists show it. */
function summaryOf(entity: Entity & { readonly exec?: Action['exec'] }): object {
  const { exec } = entity
  return { ...entity, parameters: undefined, ...(exec ? { exec: { kind: exec.kind } } : {}) }
}
