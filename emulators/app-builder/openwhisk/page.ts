/** OpenWhisk's default `limit`. */
const defaultLimit = 30

/** The entries that `limit` and `skip` select or, with `count`, their number under the name of their kind. */
export function listOf(kind: string, items: readonly object[], query: URLSearchParams): object {
  const selected = items.slice(Number(query.get('skip') ?? 0))
  if (query.get('count') === 'true') return { [kind]: selected.length }
  return selected.slice(0, Number(query.get('limit') ?? defaultLimit))
}
