/** How much of a list OpenWhisk shows where nothing else is asked for. */
const defaultLimit = 30

/** The part of a list that `limit` and `skip` ask for. */
export function pageOf<Item>(items: readonly Item[], query: URLSearchParams): Item[] {
  const skip = Number(query.get('skip') ?? 0)
  return items.slice(skip, skip + Number(query.get('limit') ?? defaultLimit))
}
