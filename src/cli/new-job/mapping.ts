import { JobError } from '../../errors'
import { typeOf } from './survey'
import type { Leaf } from './leaves'
import type { Survey } from './survey'

/** One value of a row, twice: as source text of `map`, and as the value that the text gives for a record. */
export interface Cell {
  readonly column: string
  readonly text: string
  /** Undefined where the cell stays empty. */
  readonly valueOf: (leafValue: (path: string) => unknown) => unknown
}

/** A destination's share of the job. */
export interface Mapping {
  /** The cells of a row, in the order of `map`. */
  readonly cells: readonly Cell[]
  /** The expression of the destination. */
  readonly destination: string
  readonly imports: readonly string[]
  /** Functions that `map` calls, below the job. */
  readonly helpers: readonly string[]
  /** Inputs of the destination beside the report suite. */
  readonly inputs: readonly { readonly name: string; readonly note: string }[]
}

/** `--column eVar1=product`: a column of the destination and the field that it takes; null for a counter event. */
export interface ColumnWish {
  readonly column: string
  readonly leaf: Leaf | null
}

/** @throws JobError `params-invalid` for a field that the records do not have, or a column that is named twice */
export function columnWishes(survey: Survey, wishes: readonly string[] = []): readonly ColumnWish[] {
  const columns = wishes.map((wish) => {
    const at = wish.lastIndexOf('=')
    if (at < 0) return { column: wish.trim(), leaf: null }
    return { column: wish.slice(0, at).trim(), leaf: findLeaf(survey, wish.slice(at + 1).trim(), '--column') }
  })
  const twice = columns.find(
    ({ column }, index) => columns.findIndex((other) => other.column === column) !== index,
  )
  if (twice) throw wrong(`--column names ${twice.column} twice.`, 'A column takes one field.')
  return columns
}

/** @throws JobError `params-invalid` naming the fields that there are */
export function findLeaf({ leaves }: Survey, path: string, option: string): Leaf {
  const leaf = leaves.find((one) => one.path === path)
  if (leaf) return leaf
  throw wrong(
    `${option}: the records have no field "${path}".`,
    `They have ${leaves.map((one) => one.path).join(', ')}.`,
  )
}

/**
 * A field as text, for dimensions.
 * @throws JobError `params-invalid` for a list, an object or a mixed type
 */
export function textCell(record: string, column: string, leaf: Leaf): Cell {
  const { shape, isMissing, path, access } = leaf
  const field = `${record}${access}`
  if (shape.kind === 'text') {
    const text = isMissing ? `${field} ?? undefined` : field
    return { column, text, valueOf: (valueAt) => valueAt(path) ?? undefined }
  }
  if (shape.kind !== 'number' && shape.kind !== 'boolean') throw notScalar(column, leaf)
  return {
    column,
    text: isMissing ? `${field}?.toString()` : `String(${field})`,
    valueOf: (valueAt) => toText(valueAt(path)),
  }
}

function toText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/**
 * A field as a number, for metrics: money that is written as text is converted.
 * @throws JobError `params-invalid` for anything that is no number
 */
export function numberText(record: string, column: string, leaf: Leaf): string {
  const { shape, access } = leaf
  if (shape.kind === 'number') return `${record}${access}`
  if (shape.kind === 'text' && shape.form === 'decimal') return `Number(${record}${access})`
  throw wrong(
    `--column ${column}=${leaf.path}: ${leaf.path} is ${typeOf(leaf)}, and ${column} takes a number.`,
    'Choose a field with numbers, or an eVar for texts.',
  )
}

export function numberOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}

export function notScalar(column: string, leaf: Leaf): JobError {
  return wrong(
    `--column ${column}=${leaf.path}: ${leaf.path} is of the type ${typeOf(leaf)}, which is no single value.`,
    'Leave it out, and map it by hand in the job that is written: docs/jobs.md.',
  )
}

export function wrong(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
