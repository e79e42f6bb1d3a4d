/** The value at a dotted path of own properties; undefined where there is none. '' is the whole. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined
    current = (current as Record<string, unknown>)[name]
  }
  return current
}
