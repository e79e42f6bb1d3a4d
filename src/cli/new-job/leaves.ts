import { valueAt } from '../../field-path'
import { parseWallTime } from '../../instant'
import type { Field, Shape } from './shape'

/** A field, or a field of a nested object, that a column, a cursor or a primary key can be made of. */
export interface Leaf {
  /** With dots, such as `customer.id`. */
  readonly path: string
  readonly shape: Shape
  /** Absent or null in some records, or in a nested object that is. */
  readonly isMissing: boolean
  /** The field as an expression behind the name of the record, such as `.customer?.id`. */
  readonly access: string
  /** The values of the page, in the order of its records. */
  readonly values: readonly unknown[]
}

/** All fields of the records, nested ones with dots. A name that has a dot itself cannot be a path. */
export function leavesOf(fields: readonly Field[], records: readonly object[]): readonly Leaf[] {
  return walk(fields, { path: '', access: '', isMissing: false }).map((leaf) => ({
    ...leaf,
    values: records.map((record) => valueAt(record, leaf.path)),
  }))
}

type Place = Pick<Leaf, 'path' | 'access' | 'isMissing'>

function walk(fields: readonly Field[], above: Place): readonly Omit<Leaf, 'values'>[] {
  return fields
    .filter(({ name }) => name !== '' && !name.includes('.'))
    .flatMap(({ name, shape, isOptional, isNullable }) => {
      const path = above.path === '' ? name : `${above.path}.${name}`
      const isMissing = above.isMissing || isOptional || isNullable
      const access = `${above.access}${member(name, above.isMissing)}`
      if (shape.kind === 'object') return walk(shape.fields, { path, access, isMissing })
      return [{ path, access, isMissing, shape }]
    })
}

function member(name: string, isOptional: boolean): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name)) return `${isOptional ? '?' : ''}.${name}`
  const quoted = `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return `${isOptional ? '?.' : ''}[${quoted}]`
}

/** How the values of a field tell the time; null where they do not. */
export type TimeNotation =
  { readonly unit: 'iso'; readonly hasOffset: boolean } | { readonly unit: 's' | 'ms' } | null

const timeName = /at$|date|day|stamp|time|^ts$|_ts$|updated|created|modified|changed/i
/** 2001 to 2096, in seconds. */
const seconds = { from: 1e9, to: 4e9 }

export function timeNotation({ path, shape, values }: Leaf): TimeNotation {
  const known = values.filter((value) => value !== null && value !== undefined)
  if (known.length === 0) return null
  if (shape.kind === 'text') {
    const times = known.map((value) => (typeof value === 'string' ? parseWallTime(value) : null))
    if (!times.every((time) => time !== null)) return null
    return { unit: 'iso', hasOffset: times.every(({ offsetMs }) => offsetMs !== null) }
  }
  if (shape.kind !== 'number' || !timeName.test(path)) return null
  const within = (scale: number) =>
    known.every(
      (value) => typeof value === 'number' && value >= seconds.from * scale && value < seconds.to * scale,
    )
  if (within(1)) return { unit: 's' }
  return within(1000) ? { unit: 'ms' } : null
}
