/** Limit of nesting: no mapping needs more, and much deeper recursion would exhaust the stack. */
const depthLimit = 200

/** JSON with sorted keys: equal values have the same text, whatever the order of their fields. */
export function canonicalJson(value: unknown): string {
  return isTooDeep(value) ? shallowly(value) : write(value)
}

/** True for a value nested deeper than 200 levels. Recursion ends there, so that it is safe for any value. */
export function isTooDeep(value: unknown): boolean {
  return isNested(value) && isDeeperThan(depthLimit, value)
}

function isDeeperThan(levels: number, value: object): boolean {
  if (levels < 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isNested(item) && isDeeperThan(levels - 1, item)) return true
    return false
  }
  for (const name in value) {
    const field = (value as Record<string, unknown>)[name]
    if (isNested(field) && isDeeperThan(levels - 1, field)) return true
  }
  return false
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
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
