import { typeBitOf } from './declared-shape'
import type { Drift } from '../../state/run-report'
import type { Field, Shape } from './declared-shape'

/** Takes one difference of a record. @param path of the field, such as `items[].sku` */
export type TakeDifference = (change: Drift['change'], path: string, value: unknown) => void

/** Written for differences only: records are compared field by field. */
type Path = () => string

/** Finds every difference between a value and its declaration, to the depth of the declaration. */
export function compareWithShape(value: unknown, shape: Shape, take: TakeDifference): void {
  compare(value, shape, take, () => '')
}

function compare(value: unknown, shape: Shape, take: TakeDifference, path: Path): void {
  const { types, item, fields } = shape
  if (types !== null && (types & typeBitOf(value)) === 0) {
    take('changed', path(), value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (item) for (const one of value) compare(one, item, take, () => `${path()}[]`)
  } else if (fields) {
    const record = value as Readonly<Record<string, unknown>>
    const present = compareFields(record, fields, take, path)
    if (shape.isClosed && countOf(record) !== present) takeUnknown(record, fields, take, path)
  }
}

/** Returns the number of declared fields that are present. */
function compareFields(
  record: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
  take: TakeDifference,
  path: Path,
): number {
  let present = 0
  for (const { name, shape, isRequired } of fields) {
    const value = record[name]
    // Inherited members, such as `constructor`, are functions; JSON has none.
    if (value === undefined || typeof value === 'function') {
      if (isRequired) take('missing', pathTo(path, name), undefined)
      continue
    }
    present += 1
    if (shape.types === null || (shape.types & typeBitOf(value)) === 0 || typeof value === 'object') {
      compare(value, shape, take, () => pathTo(path, name))
    }
  }
  return present
}

function countOf(record: object): number {
  let count = 0
  for (const name in record) if (name !== '__proto__') count += 1
  return count
}

function takeUnknown(
  record: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
  take: TakeDifference,
  path: Path,
): void {
  for (const name in record) {
    if (!fields.some((field) => field.name === name)) take('unknown', pathTo(path, name), record[name])
  }
}

function pathTo(path: Path, name: string): string {
  const parent = path()
  return parent === '' ? name : `${parent}.${name}`
}
