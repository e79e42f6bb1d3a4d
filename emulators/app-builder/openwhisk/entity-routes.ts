import { defaultLimits } from './entities'
import type { Reply } from '../../emulator'
import type { Action, Entities, Entity, KeyValue, Rule, Trigger } from './entities'

/** A request for one entity, or for all of one kind. */
export interface EntityRequest {
  readonly method: string
  readonly kind: 'packages' | 'actions' | 'triggers' | 'rules'
  /** '' asks for the list. */
  readonly name: string
  readonly overwrite: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** Lists are cut at this length where nothing else is asked for, as OpenWhisk does. */
const listLimit = 30

/** GET, PUT and DELETE of packages, actions, triggers and rules, with OpenWhisk's statuses. */
export function entityRoute(entities: Entities, namespace: string, request: EntityRequest): Reply {
  const { method, kind, name } = request
  const store = entities[kind] as Map<string, Entity>
  if (name === '') return { status: 200, body: [...store.values()].slice(0, listLimit).map(summaryOf) }
  const found = store.get(name)
  if (method === 'PUT') return put(entities, namespace, request, found)
  if (!found)
    return { status: 404, body: { error: 'The requested resource does not exist.', code: 'emulated' } }
  if (method === 'DELETE') {
    store.delete(name)
    return { status: 200, body: found }
  }
  return { status: 200, body: kind === 'packages' ? withContents(entities, found) : found }
}

function put(
  { packages, actions, triggers, rules }: Entities,
  namespace: string,
  { kind, name, overwrite, body }: EntityRequest,
  found: Entity | undefined,
): Reply {
  if (found && !overwrite)
    return { status: 409, body: { error: 'resource already exists', code: 'emulated' } }
  const [minor = 0] = (found?.version.split('.') ?? ['0', '0', '0']).slice(-1).map(Number)
  const entity: Entity = {
    name: name.split('/').at(-1) ?? name,
    namespace,
    version: `0.0.${minor + 1}`,
    annotations: (body.annotations as KeyValue[] | undefined) ?? [],
    parameters: (body.parameters as KeyValue[] | undefined) ?? [],
    updated: Date.now(),
  }
  if (kind === 'packages') packages.set(name, entity)
  if (kind === 'actions') actions.set(name, actionOf(entity, name, body))
  if (kind === 'triggers')
    triggers.set(name, { ...entity, ...(body.feed ? { feed: body.feed } : {}) } as Trigger)
  if (kind === 'rules') {
    const rule: Rule = {
      ...entity,
      trigger: String(body.trigger),
      action: String(body.action),
      status: 'active',
    }
    rules.set(name, rule)
  }
  return { status: 200, body: summaryOf(entity) }
}

function actionOf(entity: Entity, name: string, body: Readonly<Record<string, unknown>>): Action {
  const exec = body.exec as Action['exec']
  return {
    ...entity,
    // OpenWhisk counts the package of an action as part of its namespace.
    namespace: `${entity.namespace}/${name.split('/')[0] ?? ''}`,
    package: name.split('/')[0] ?? '',
    annotations: [...entity.annotations, { key: 'exec', value: exec.kind }],
    exec,
    limits: { ...defaultLimits, ...(body.limits as Partial<Action['limits']> | undefined) },
  }
}

/** An undeploy asks a package for its contents. */
function withContents({ actions }: Entities, entity: Entity): object {
  const own = [...actions.values()].filter((action) => action.package === entity.name).map(summaryOf)
  return { ...entity, actions: own, feeds: [], binding: {} }
}

/** Without the code, which lists leave out. */
function summaryOf(entity: Entity): object {
  const { exec, ...rest } = entity as Entity & { exec?: { kind: string } }
  return exec ? { ...rest, exec: { kind: exec.kind } } : rest
}
