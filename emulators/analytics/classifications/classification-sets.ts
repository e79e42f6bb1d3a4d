import { randomBytes } from 'node:crypto'
import type { Memory } from '../../memory'

/** A classification set. Values are kept by key and column name. */
export interface ClassificationSet {
  readonly id: string
  readonly name: string
  readonly columns: readonly string[]
  readonly subscriptions: readonly Subscription[]
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Keys that had values once. */
  readonly deleted: ReadonlySet<string>
}

export interface Subscription {
  readonly rsid: string
  /** Such as `variables/evar1`. */
  readonly dimension: string
}

/** One line of an import. */
export interface ImportRecord {
  readonly key: string
  readonly action: 'update' | 'delete-field' | 'delete-key'
  readonly data: Readonly<Record<string, string>>
}

export interface ClassificationSets {
  add(set: Pick<ClassificationSet, 'columns' | 'subscriptions'> & { readonly name?: string }): string
  /** Adds columns that the set lacks, as a person does in the user interface. */
  extend(id: string, columns: readonly string[]): void
  find(id: string): ClassificationSet | null
  subscribedBy(rsid: string): readonly ClassificationSet[]
  /** Applies records one by one, so that the last value of a key and column stays. Returns how many changed nothing. */
  apply(id: string, records: readonly ImportRecord[]): number
  readonly memory: Memory
}

interface StoredSet extends ClassificationSet {
  readonly values: Map<string, Map<string, string>>
  readonly deleted: Set<string>
}

export function createClassificationSets(): ClassificationSets {
  const sets = new Map<string, StoredSet>()

  function applyOne({ values, deleted }: StoredSet, { key, action, data }: ImportRecord): boolean {
    if (action === 'delete-key') {
      if (values.has(key)) deleted.add(key)
      return values.delete(key)
    }
    const row = values.get(key) ?? new Map<string, string>()
    let changed = false
    for (const [column, value] of Object.entries(data)) {
      if (action === 'delete-field') changed = row.delete(column) || changed
      else {
        changed ||= row.get(column) !== value
        row.set(column, value)
      }
    }
    if (row.size > 0) {
      values.set(key, row)
      deleted.delete(key)
    }
    return changed
  }

  return {
    memory: { sets },
    extend(id, columns) {
      const set = sets.get(id)
      if (set) sets.set(id, { ...set, columns: [...new Set([...set.columns, ...columns])] })
    },
    add({ columns, subscriptions, name }) {
      const id = randomBytes(12).toString('hex')
      const [first] = subscriptions
      const given =
        name ??
        `${first?.rsid ?? 'no suite'} ${first?.dimension.replace('variables/', '') ?? ''} classifications`
      sets.set(id, { id, name: given, columns, subscriptions, values: new Map(), deleted: new Set() })
      return id
    },
    find: (id) => sets.get(id) ?? null,
    subscribedBy: (rsid) =>
      [...sets.values()].filter(({ subscriptions }) => subscriptions.some((one) => one.rsid === rsid)),
    apply(id, records) {
      const set = sets.get(id)
      return set ? records.filter((record) => !applyOne(set, record)).length : 0
    },
  }
}
