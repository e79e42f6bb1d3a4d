import type * as z from 'zod'

/**
 * Tells from a schema whether its records can have a field at a dotted path. `unknown` where the schema does not tell:
 * after a transform, or where it allows undeclared fields.
 * @param side `in`: before the transformations of the schema
 */
export function hasField(
  schema: z.core.$ZodType,
  path: string,
  side: 'in' | 'out' = 'out',
): 'yes' | 'no' | 'unknown' {
  const [name = '', ...rest] = path.split('.')
  const { def } = schema._zod
  if (isWrapper(def)) return hasField(def.innerType, path, side)
  if (isPipe(def)) return hasField(def[side], path, side)
  if (!isObject(def)) return scalarTypes.has(def.type) ? 'no' : 'unknown'
  const field = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined
  if (field) return rest.length === 0 ? 'yes' : hasField(field, rest.join('.'), side)
  // Undeclared fields are dropped, unless the object has a catch-all.
  return def.catchall === undefined || def.catchall._zod.def.type === 'never' ? 'no' : 'unknown'
}

const scalarTypes = new Set([
  'string',
  'number',
  'int',
  'bigint',
  'boolean',
  'date',
  'null',
  'literal',
  'enum',
])

function isWrapper(def: z.core.$ZodTypeDef): def is z.core.$ZodOptionalDef {
  return 'innerType' in def
}

function isPipe(def: z.core.$ZodTypeDef): def is z.core.$ZodPipeDef {
  return def.type === 'pipe'
}

function isObject(def: z.core.$ZodTypeDef): def is z.core.$ZodObjectDef {
  return def.type === 'object'
}
