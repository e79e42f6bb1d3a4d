import { noCounters } from '../state/counters'
import type { DestinationIdentity } from '../destinations/destination'
import type { Change } from '../state/job-state'
import type { Counters } from '../state/counters'
import type { Hold, OutboxEntry, RejectSegment, SeenSegment, StateDocument } from '../state/state-document'

/** The life of a batch: staged → sending → confirmed, or sending → doubt → confirmed | sending | held. */

function patch(document: StateDocument, key: string, change: Partial<OutboxEntry>): StateDocument {
  return {
    ...document,
    outbox: document.outbox.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)),
  }
}

/** Announces a POST. It is the licence to send, and says so to whoever takes the lease over. */
export function toSending(key: string, identity: number, storeNow: number): Change {
  return (document) => {
    const before = document.outbox.find((entry) => entry.key === key)
    return patch(document, key, {
      state: 'sending',
      identity,
      firstSentAt: before?.firstSentAt ?? storeNow,
      doubtFrom: null,
    })
  }
}

/** Back to staged: it is certain that nothing was ingested. */
export function toStaged(key: string, group: string, restUntil: number): Change {
  return (document) => rested(patch(document, key, { state: 'staged' }), group, restUntil)
}

export function toDoubt(key: string, group: string, storeNow: number, restUntil: number): Change {
  return (document) => rested(patch(document, key, { state: 'doubt', doubtFrom: storeNow }), group, restUntil)
}

export function toHeld(key: string, hold: Hold, invalidRows = 0): Change {
  return (document) => ({
    ...patch(document, key, { state: 'held', hold }),
    counters: addCounters(document.counters, { invalidRows }),
  })
}

export function toConfirmed(
  entry: OutboxEntry,
  by: 'answer' | 'lookup',
  storeNow: number,
  restUntil: number,
): Change {
  return (document) => {
    const confirmed = rested(patch(document, entry.key, { state: 'confirmed' }), entry.group, restUntil)
    const group = confirmed.groups[entry.group]
    return {
      ...confirmed,
      stalls: 0,
      groups: group
        ? { ...confirmed.groups, [entry.group]: { ...group, confirmedAt: storeNow } }
        : confirmed.groups,
      counters: addCounters(document.counters, { confirmed: 1, confirmedByLookup: by === 'lookup' ? 1 : 0 }),
    }
  }
}

/** A doubt that was resolved is progress, also when it leads to another send. */
export function progressed(document: StateDocument): StateDocument {
  return { ...document, stalls: 0 }
}

/** The entry leaves once its file is gone, so that neither is forgotten. */
export function withoutEntry(key: string): Change {
  return (document) => ({ ...document, outbox: document.outbox.filter((entry) => entry.key !== key) })
}

/** Two halves take the place of a file that was too large. */
export function toHalves(key: string, halves: readonly [OutboxEntry, OutboxEntry]): Change {
  return (document) => ({
    ...document,
    outbox: document.outbox.flatMap((entry) => (entry.key === key ? [...halves] : [entry])),
    counters: addCounters(document.counters, { batches: 1 }),
  })
}

function rested(document: StateDocument, group: string, restUntil: number): StateDocument {
  const before = document.groups[group] ?? { mark: null, restUntil: 0, confirmedAt: null }
  return { ...document, groups: { ...document.groups, [group]: { ...before, restUntil } } }
}

/** Raises the high-water mark of each group to its newest row. */
export function advanceMarks(document: StateDocument, marks: ReadonlyMap<string, number>): StateDocument {
  const groups = { ...document.groups }
  for (const [name, mark] of marks) {
    const before = groups[name] ?? { mark: null, restUntil: 0, confirmedAt: null }
    groups[name] = { ...before, mark: Math.max(mark, before.mark ?? mark) }
  }
  return { ...document, groups }
}

/** Names the files that a commit brings, and lets go of those that no re-read can need any more. */
export function withSegments(added: {
  readonly rejects: RejectSegment | null
  readonly seen: SeenSegment | null
  /** Seen segments that end before are let go; null keeps all. */
  readonly seenFrom: string | null
}): Change {
  return (document) => {
    const { rejects, seen, seenFrom } = added
    const kept = document.seen.filter((segment) => seenFrom === null || segment.to >= seenFrom)
    const dropped = document.seen.filter((segment) => !kept.includes(segment))
    return {
      ...document,
      rejects: rejects ? [...document.rejects, rejects] : document.rejects,
      seen: seen ? [...kept, seen] : kept,
      sweep: [...new Set([...document.sweep, ...dropped.map(({ run }) => run)])],
    }
  }
}

/** Index of an identity in the document, added where it is new. */
export function withIdentity(
  document: StateDocument,
  identity: DestinationIdentity,
): { readonly document: StateDocument; readonly index: number } {
  const wanted = JSON.stringify(identity)
  const index = document.identities.findIndex((known) => JSON.stringify(known) === wanted)
  if (index >= 0) return { document, index }
  return {
    document: { ...document, identities: [...document.identities, { ...identity }] },
    index: document.identities.length,
  }
}

export function addCounters(counters: Counters, more: Partial<Counters>): Counters {
  const added = { ...noCounters, ...more }
  const rejects = { ...counters.rejects }
  for (const [code, count] of Object.entries(added.rejects)) rejects[code] = (rejects[code] ?? 0) + count
  return {
    slices: counters.slices + added.slices,
    records: counters.records + added.records,
    rows: counters.rows + added.rows,
    rejects,
    duplicates: counters.duplicates + added.duplicates,
    filtered: counters.filtered + added.filtered,
    late: counters.late + added.late,
    batches: counters.batches + added.batches,
    confirmed: counters.confirmed + added.confirmed,
    confirmedByLookup: counters.confirmedByLookup + added.confirmedByLookup,
    invalidRows: counters.invalidRows + added.invalidRows,
  }
}
