/** The value at a dotted path of own properties; undefined where there is none. '' is the whole. */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value
  return path.includes('.') ? path.split('.').reduce(fieldOf, value) : fieldOf(value, path)
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}
