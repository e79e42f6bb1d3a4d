import type * as z from 'zod'

const bits = { text: 1, number: 2, boolean: 4, null: 8, list: 16, object: 32 }
type JsonType = keyof typeof bits

/** A schema's declaration of one value of a record, as far as it can be read from the schema. */
export interface Shape {
  /** Where the value stands in a record, such as `items[].sku`; '' for the record itself. */
  readonly path: string
  /** One bit for each type; null where any type may come, or the schema does not tell: unions, custom checks. */
  readonly types: number | null
  /** Objects: the declared fields; each record is compared with them, and a list is faster to walk than a map. */
  readonly fields: readonly Field[] | null
  /** Objects: false where undeclared fields are part of the declaration. */
  readonly isClosed: boolean
  /** Lists: the shape of each item. */
  readonly item: Shape | null
}

export interface Field {
  readonly name: string
  readonly shape: Shape
  readonly isRequired: boolean
}

type Schema = z.core.$ZodType
/** Of the many members of a definition, those that are read here. */
interface Definition {
  readonly type: string
  readonly coerce?: boolean
  readonly innerType?: Schema
  readonly in?: Schema
  readonly shape?: Readonly<Record<string, Schema>>
  readonly catchall?: Schema
  readonly element?: Schema
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, string | number>>
}

const scalars: Readonly<Record<string, JsonType>> = {
  string: 'text',
  number: 'number',
  int: 'number',
  boolean: 'boolean',
  null: 'null',
}

/** The shape of a schema's input, before any transformation. */
export function declaredShape(schema: Schema): Shape {
  return shapeAt('', schema, new Set())
}

/** @param outer the schemas around this one: a recursive schema is compared down to its first repetition */
function shapeAt(path: string, schema: Schema, outer: ReadonlySet<Schema>): Shape {
  const def = schema._zod.def as Definition
  if (def.coerce || outer.has(schema)) return anything(path)
  const inner = innerOf(def)
  if (inner) return wrapped(def.type, shapeAt(path, inner, outer))
  const here = new Set([...outer, schema])
  switch (def.type) {
    case 'object':
      return objectShape(path, def.shape ?? {}, def.catchall, here)
    case 'array':
      return {
        ...of(path, bits.list),
        item: def.element ? shapeAt(`${path}[]`, def.element, here) : null,
      }
    case 'literal':
      return of(path, ...(def.values ?? []).map(typeBitOf))
    case 'enum':
      return of(path, ...Object.values(def.entries ?? {}).map(typeBitOf))
    default:
      return scalarShape(path, scalars[def.type])
  }
}

/** The schema that a wrapper applies to its input; undefined for any other schema. */
function innerOf(def: Definition): Schema | undefined {
  return def.type === 'pipe' ? def.in : def.innerType
}

function anything(path: string): Shape {
  return { path, types: null, fields: null, isClosed: false, item: null }
}

function scalarShape(path: string, type: JsonType | undefined): Shape {
  return type ? of(path, bits[type]) : anything(path)
}

/** Not optional, without a default, and not of the types that take an absent field as well. */
function isRequired({ _zod: { def, optin } }: Schema): boolean {
  return optin === undefined && def.type !== 'any' && def.type !== 'unknown'
}

/** The bit of a value's JSON type. */
export function typeBitOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return bits.text
    case 'number':
      return bits.number
    case 'boolean':
      return bits.boolean
    default:
      return value === null ? bits.null : Array.isArray(value) ? bits.list : bits.object
  }
}

function of(path: string, ...types: readonly number[]): Shape {
  return { ...anything(path), types: types.reduce((all, type) => all | type, 0) }
}

/** `catch` takes anything; `nullable` takes null besides. */
function wrapped(type: string, inner: Shape): Shape {
  if (type === 'catch') return { ...inner, types: null }
  return type === 'nullable' && inner.types !== null ? { ...inner, types: inner.types | bits.null } : inner
}

function objectShape(
  path: string,
  shape: Readonly<Record<string, Schema>>,
  catchall: Schema | undefined,
  outer: ReadonlySet<Schema>,
): Shape {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    shape: shapeAt(pathTo(path, name), schema, outer),
    isRequired: isRequired(schema),
  }))
  const isClosed = catchall === undefined || catchall._zod.def.type === 'never'
  return { ...of(path, bits.object), fields, isClosed }
}

/** The path of a field of the object at `parent`. */
export function pathTo(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`
}
