import type { Arrival } from './arrivals'

/** Open arrivals are kept one by one up to this many: about 250 bytes each in a document of at most 512 KB. */
const longestList = 600
/** Merging at the limit brings the list down to half of it, so that it is not repeated with each batch. */
const kept = longestList / 2
/** Bytes that markers and receipts of all of them may take; beyond, those of the oldest are forgotten. */
const markBytes = 200_000

const hourMs = 3_600_000
const daySeconds = 86_400

/** Ways to merge, finest first. None merges across destinations, nor delays the day on which a batch counts as missing. */
const keys: readonly ((arrival: Arrival) => string)[] = [
  (arrival) =>
    `${sameFate(arrival)} ${arrival.partition} ${Math.floor((arrival.span?.first ?? 0) / daySeconds)}`,
  (arrival) => `${sameFate(arrival)} ${Math.floor((arrival.span?.first ?? 0) / daySeconds / 30)}`,
  sameFate,
]

function sameFate({ identity, missing, confirmedAt }: Arrival): string {
  return `${identity} ${missing === null} ${Math.floor(confirmedAt / (6 * hourMs))}`
}

/**
 * The list within its bounds: where it has grown too long, the older arrivals are merged by partition and day of their
 * rows, then by month, then by the hours in which they were confirmed.
 */
export function bounded(open: readonly Arrival[]): Arrival[] {
  return open.length <= longestList ? [...open] : withinMarks(merged(open))
}

function merged(open: readonly Arrival[]): Arrival[] {
  let list = [...open]
  for (const keyOf of keys) {
    if (list.length <= kept) break
    const newest = Math.floor(kept / 2)
    list = [...mergedBy(keyOf, list.slice(0, -newest)), ...list.slice(-newest)]
  }
  return list
}

function mergedBy(keyOf: (arrival: Arrival) => string, list: readonly Arrival[]): Arrival[] {
  const groups = new Map<string, Arrival>()
  for (const arrival of list) {
    const group = groups.get(keyOf(arrival))
    groups.set(keyOf(arrival), group ? merge(group, arrival) : arrival)
  }
  return [...groups.values()]
}

/** Both, to be counted together. */
export function merge(a: Arrival, b: Arrival): Arrival {
  return {
    ...a,
    batches: a.batches + b.batches,
    rows: a.rows + b.rows,
    partition: a.partition === b.partition ? a.partition : '',
    // Halves of one batch share their marker. Those of one side alone would prove nothing of the other.
    markers: ofBoth(a.markers, b.markers),
    receipts: ofBoth(a.receipts, b.receipts),
    span:
      a.span && b.span
        ? { first: Math.min(a.span.first, b.span.first), last: Math.max(a.span.last, b.span.last) }
        : null,
    confirmedAt: Math.max(a.confirmedAt, b.confirmedAt),
    found: a.found + b.found,
    missing:
      a.missing && b.missing
        ? { since: a.missing.since, causes: [...new Set([...a.missing.causes, ...b.missing.causes])] }
        : null,
  }
}

function ofBoth(a: readonly string[], b: readonly string[]): string[] {
  return a.length > 0 && b.length > 0 ? [...new Set([...a, ...b])] : []
}

/** Without their markers, arrivals can still be settled by an indication. */
function withinMarks(list: readonly Arrival[]): Arrival[] {
  let left = markBytes
  return [...list]
    .reverse()
    .map((arrival) => {
      left -= JSON.stringify([arrival.markers, arrival.receipts]).length
      return left >= 0 ? arrival : { ...arrival, markers: [], receipts: [] }
    })
    .reverse()
}
