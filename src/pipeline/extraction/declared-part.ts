interface ObjectSchema {
  readonly shape: Readonly<Record<string, unknown>>
}

/**
 * The declared fields of a record, parsed or not: a record stays the same where the source varies only other fields.
 * Undefined for schemas that keep or refuse undeclared fields, and for records that are no objects.
 */
export function declaredPart(schema: unknown, raw: unknown): unknown {
  const object = objectSchemaOf(schema)
  if (!object || typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined
  const fields = Object.entries(object.shape).flatMap(([name, field]) => {
    if (!Object.hasOwn(raw, name)) return []
    const value = (raw as Readonly<Record<string, unknown>>)[name]
    return [[name, declaredPart(field, value) ?? value] as const]
  })
  return Object.fromEntries(fields)
}

/** Looks through transformations, whose input is that of the schema inside. */
function objectSchemaOf(schema: unknown): ObjectSchema | null {
  const def = definitionOf(schema)
  if (def?.type === 'pipe') return objectSchemaOf(def.in)
  return def?.type === 'object' && def.catchall === undefined ? (schema as ObjectSchema) : null
}

function definitionOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  const def = (schema as { readonly def?: unknown } | null | undefined)?.def
  return typeof def === 'object' && def !== null ? (def as Readonly<Record<string, unknown>>) : null
}
