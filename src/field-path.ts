/**
 * The value at a dotted path of own properties; undefined where there is none. '' is the whole. A name that has a dot
 * itself, such as `@odata.nextLink`, comes before the names that its parts would be.
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value
  const field = fieldOf(value, path)
  const dot = path.indexOf('.')
  if (field !== undefined || dot === -1) return field
  return valueAt(fieldOf(value, path.slice(0, dot)), path.slice(dot + 1))
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
