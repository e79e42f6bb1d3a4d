import { addVolume } from './arrivals'
import { bounded, merge } from './bounded-arrivals'
import { addCounters } from './counters'
import type { Arrival, Arrivals, Comparison, Volume } from './arrivals'
import type { StateEvent } from './events'
import type { OutboxEntry } from './outbox-entry'
import type { StateDocument } from './state-document'

type ArrivalsChecked = Extract<StateEvent, { type: 'arrivals-checked' }>

/** An open arrival is kept for this long, found or not, asked for or not. */
export const arrivalsKeptMs = 30 * 86_400_000

/** Remembers a confirmed batch until its arrival is settled. */
export function withConfirmed(arrivals: Arrivals, entry: OutboxEntry, confirmedAt: number): Arrivals {
  const { id, rows, partition, identity, markers, span } = entry
  const receipts = entry.state === 'accepted' ? [entry.receipt] : []
  const arrival: Arrival = {
    ...{ id, batches: 1, rows, partition, identity, markers, receipts },
    ...{ span, confirmedAt, found: 0, missing: null },
  }
  const volume = { batches: 1, rows }
  const kept = withoutExpired(arrivals, confirmedAt)
  return { ...kept, confirmed: addVolume(kept.confirmed, volume), open: bounded(joined(kept.open, arrival)) }
}

/** Both halves of a split batch have its markers, so they can only be counted together, from the later confirmation on. */
function joined(open: readonly Arrival[], arrival: Arrival): Arrival[] {
  const half = open.find(({ markers }) => arrival.markers.some((marker) => markers.includes(marker)))
  if (!half) return [...open, arrival]
  return [...open.filter((other) => other !== half), merge(half, arrival)]
}

/**
 * Applies the result of a look at the destination. It does not change the outbox: a missing batch is never sent again.
 */
export function reduceArrivals(document: StateDocument, event: ArrivalsChecked): StateDocument {
  const verdicts = new Map(event.verdicts.map((verdict) => [verdict.id, verdict]))
  let { arrived, indicated } = document.arrivals
  let rows = 0
  const open = document.arrivals.open.flatMap((arrival): readonly Arrival[] => {
    const verdict = verdicts.get(arrival.id)
    // Merged meanwhile: the next look asks for all of it.
    if (verdict?.rows !== arrival.rows) return [arrival]
    if (verdict.kind === 'indicated') indicated = addVolume(indicated, arrival)
    if (verdict.kind === 'arrived') {
      arrived = addVolume(arrived, arrival)
      rows += arrival.rows
    }
    if (verdict.kind === 'arrived' || verdict.kind === 'indicated') return []
    const missing =
      verdict.kind === 'missing'
        ? { since: arrival.missing?.since ?? event.at, causes: [...verdict.causes] }
        : arrival.missing
    return [{ ...arrival, found: verdict.found, missing }]
  })
  return {
    ...document,
    arrivals: withoutExpired(
      {
        ...{ ...document.arrivals, arrived, indicated, open },
        comparisons: withNewer(document.arrivals.comparisons, event.comparisons, event.at),
      },
      event.at,
    ),
    counters: addCounters(document.counters, { arrived: rows }),
  }
}

/** About 300 bytes each in a document of at most 512 KB. */
const mostComparisons = 40

function withNewer(
  comparisons: readonly Comparison[],
  newer: readonly Comparison[],
  now: number,
): Comparison[] {
  const byId = new Map([...comparisons, ...newer].map((comparison) => [comparison.id, comparison]))
  return [...byId.values()].filter(({ at }) => now - at <= arrivalsKeptMs).slice(-mostComparisons)
}

function withoutExpired(arrivals: Arrivals, now: number): Arrivals {
  const expired = arrivals.open.filter(({ confirmedAt }) => now - confirmedAt > arrivalsKeptMs)
  if (expired.length === 0) return arrivals
  return {
    ...arrivals,
    givenUp: expired.reduce<Volume>(addVolume, arrivals.givenUp),
    open: arrivals.open.filter((arrival) => !expired.includes(arrival)),
  }
}
