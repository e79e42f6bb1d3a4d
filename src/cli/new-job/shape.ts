import * as z from 'zod'

/** The type of a field, as far as the records of one page show it. */
export type Shape =
  | { readonly kind: 'text'; readonly form: TextForm }
  | { readonly kind: 'number'; readonly isWhole: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  /** `item` is null where every list is empty. */
  | { readonly kind: 'list'; readonly item: Shape | null }
  | { readonly kind: 'union'; readonly shapes: readonly Shape[] }
  /** No record has a value. */
  | { readonly kind: 'unknown' }

/** `decimal`: money as text. The first four are what zod's ISO formats accept. */
export type TextForm = 'instant' | 'offset-instant' | 'local-time' | 'date' | 'decimal' | 'plain'

export interface Field {
  readonly name: string
  readonly shape: Shape
  /** Absent in some records. */
  readonly isOptional: boolean
  readonly isNullable: boolean
}

const forms: readonly (readonly [TextForm, z.ZodType])[] = [
  ['instant', z.iso.datetime()],
  ['offset-instant', z.iso.datetime({ offset: true })],
  ['local-time', z.iso.datetime({ local: true })],
  ['date', z.iso.date()],
]
const decimal = /^-?\d+(?:\.\d+)?$/
/** A whole amount on one page may have cents on the next. */
const amount = /amount|balance|cost|discount|fee|price|rate|revenue|sum|tax|total|value|weight/i

/** The fields of records: of each, the types of its values, and whether it may be absent or null. */
export function inferFields(records: readonly object[]): readonly Field[] {
  const names = new Set(records.flatMap((record) => Object.keys(record)))
  return [...names].map((name) => {
    const values = records.flatMap((record) =>
      Object.hasOwn(record, name) ? [(record as Readonly<Record<string, unknown>>)[name]] : [],
    )
    return {
      name,
      shape: inferShape(name, values),
      isOptional: values.length < records.length,
      isNullable: values.includes(null),
    }
  })
}

function inferShape(name: string, values: readonly unknown[]): Shape {
  const shapes = [
    ...textShape(values.filter((value) => typeof value === 'string')),
    ...numberShape(
      name,
      values.filter((value) => typeof value === 'number'),
    ),
    ...(values.some((value) => typeof value === 'boolean') ? [{ kind: 'boolean' } as const] : []),
    ...listShape(name, values.filter(Array.isArray)),
    ...objectShape(values.filter(isRecord)),
  ]
  const [first = { kind: 'unknown' } as const, ...others] = shapes
  return others.length === 0 ? first : { kind: 'union', shapes }
}

function textShape(texts: readonly string[]): readonly Shape[] {
  if (texts.length === 0) return []
  const iso = forms.find(([, schema]) => texts.every((text) => schema.safeParse(text).success))
  if (iso) return [{ kind: 'text', form: iso[0] }]
  // Digits alone may be an id: one text at least has a decimal point.
  const isDecimal = texts.every((text) => decimal.test(text)) && texts.some((text) => text.includes('.'))
  return [{ kind: 'text', form: isDecimal ? 'decimal' : 'plain' }]
}

function numberShape(name: string, numbers: readonly number[]): readonly Shape[] {
  if (numbers.length === 0) return []
  return [{ kind: 'number', isWhole: numbers.every(Number.isSafeInteger) && !amount.test(name) }]
}

function listShape(name: string, lists: readonly (readonly unknown[])[]): readonly Shape[] {
  if (lists.length === 0) return []
  const items = lists.flat()
  if (items.length === 0) return [{ kind: 'list', item: null }]
  const item = inferShape(name, items)
  return [{ kind: 'list', item: items.includes(null) ? null : item }]
}

function objectShape(objects: readonly object[]): readonly Shape[] {
  return objects.length === 0 ? [] : [{ kind: 'object', fields: inferFields(objects) }]
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
