import { pathTo, typeBitOf } from './declared-shape'
import type { Drift } from '../../state/run-report'
import type { Shape } from './declared-shape'

/** Takes one difference of a record. @param path of the field, such as `items[].sku` */
export type TakeDifference = (change: Drift['change'], path: string, value: unknown) => void

/** Finds every difference between a value and its declaration, to the depth of the declaration. */
export function compareWithShape(value: unknown, shape: Shape, take: TakeDifference): void {
  const { types, item, fields } = shape
  if (types !== null && (types & typeBitOf(value)) === 0) {
    take('changed', shape.path, value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (item) for (const one of value) compareWithShape(one, item, take)
  } else if (fields) {
    const record = value as Readonly<Record<string, unknown>>
    const present = compareFields(record, shape, take)
    if (shape.isClosed && countOf(record) !== present) takeUnknown(record, shape, take)
  }
}

/** Returns the number of declared fields that are present. */
function compareFields(
  record: Readonly<Record<string, unknown>>,
  { fields }: Shape,
  take: TakeDifference,
): number {
  let present = 0
  for (const { name, shape, isRequired } of fields ?? []) {
    const value = record[name]
    // Inherited members, such as `constructor`, are functions; JSON has none.
    if (value === undefined || typeof value === 'function') {
      if (isRequired) take('missing', shape.path, undefined)
      continue
    }
    present += 1
    if (shape.types === null || (shape.types & typeBitOf(value)) === 0 || typeof value === 'object') {
      compareWithShape(value, shape, take)
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
  { path, fields }: Shape,
  take: TakeDifference,
): void {
  for (const name in record) {
    if (!fields?.some((field) => field.name === name)) take('unknown', pathTo(path, name), record[name])
  }
}
