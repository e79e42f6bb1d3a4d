import type { LogFields } from '../log'

const texts = ['job', 'run', 'tenant', 'outcome', 'reason'] as const
const lists = ['held', 'notes', 'jobs', 'runs', 'failed', 'postponed', 'needReauth', 'unwatched'] as const

/** What the log has of a result: outcome and counts. Its texts, and all that a caller sent, stay out. */
export function endOf(result: object): LogFields {
  const members = result as Readonly<Record<string, unknown>>
  const fields = Object.entries(members).flatMap(([name, value]) => {
    if (typeof value === 'number' || (typeof value === 'string' && isOneOf(texts, name)))
      return [[name, value]]
    return typeof value === 'object' && value !== null && isOneOf(lists, name)
      ? [[name, Object.keys(value).length]]
      : []
  })
  return Object.fromEntries(fields) as LogFields
}

/** True where somebody should look at the activation. */
export function isFailure(result: object): boolean {
  return (
    ('outcome' in result && result.outcome === 'failed') ||
    ('statusCode' in result && Number(result.statusCode) >= 500)
  )
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}
