/** OpenWhisk's format of parameters and annotations. */
export interface KeyValue {
  readonly key: string
  readonly value: unknown
}

/** The members that all entities have. */
export interface Entity {
  readonly name: string
  readonly namespace: string
  readonly version: string
  readonly publish: false
  readonly annotations: readonly KeyValue[]
  readonly parameters: readonly KeyValue[]
  readonly updated: number
}

export interface Action extends Entity {
  readonly package: string
  readonly exec: {
    readonly kind: string
    /** base64 of the zip */
    readonly code?: string
    /** Fully qualified names of a sequence's actions. */
    readonly components?: readonly string[]
    readonly main?: string
  }
  readonly limits: {
    /** ms */
    readonly timeout: number
    /** MB */
    readonly memory: number
    /** Activations that one container runs at the same time. */
    readonly concurrency: number
    /** MB */
    readonly logs: number
  }
}

export interface Trigger extends Entity {
  readonly feed?: string
}

export interface Rule extends Entity {
  readonly trigger: string
  readonly action: string
  readonly status: 'active' | 'inactive'
}

/** Everything deployed to one namespace. */
export interface Entities {
  readonly packages: Map<string, Entity>
  /** By `package/name`. */
  readonly actions: Map<string, Action>
  readonly triggers: Map<string, Trigger>
  readonly rules: Map<string, Rule>
}

export function createEntities(): Entities {
  return { packages: new Map(), actions: new Map(), triggers: new Map(), rules: new Map() }
}

export const defaultLimits = { timeout: 60_000, memory: 256, concurrency: 200, logs: 10 }

export function toRecord(pairs: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
}

export function isAnnotated({ annotations }: Entity, name: string): boolean {
  return annotations.some(({ key, value }) => key === name && value === true)
}

/** The bound parameters of an action: its own override those of its package. */
export function boundParameters({ packages }: Entities, action: Action): Record<string, unknown> {
  return { ...toRecord(packages.get(action.package)?.parameters ?? []), ...toRecord(action.parameters) }
}

/** The last part of `/namespace/package/name` or `/namespace/name`. */
export function lastName(path: string): string {
  return path.split('/').at(-1) ?? ''
}

/** The `package/name` of `/namespace/package/name`. */
export function nameInPackage(path: string): string {
  return path.split('/').slice(-2).join('/')
}
