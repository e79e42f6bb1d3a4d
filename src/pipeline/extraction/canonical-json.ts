/** No mapping needs more, and recursion far beyond it would exhaust the stack. */
const depthLimit = 200

/** JSON with sorted keys: the same text for the same value, in whatever order its fields came. */
export function canonicalJson(value: unknown): string {
  return isTooDeep(value) ? shallowly(value) : write(value)
}

/** True for a value nested deeper than 200 levels. Iterative, so that it is safe for any value that was parsed. */
export function isTooDeep(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthLimit) return true
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      for (const name in item) {
        const child = (item as Record<string, unknown>)[name]
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
  return false
}

function shallowly(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'nested too deep to be written'
  }
}

function write(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : JSON.stringify(value)
  if (value instanceof Date) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${write(field)}`)
  return `{${fields.join(',')}}`
}
