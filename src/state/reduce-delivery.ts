import { JobError } from '../errors'
import { addCounters } from './counters'
import { withIdentity } from './identities'
import { batchOf } from './outbox-entry'
import { withConfirmed } from './reduce-arrivals'
import { withOrphans } from './run-files-named'
import type { StateEvent } from './events'
import type { OutboxEntry } from './outbox-entry'
import type { PartitionState, StateDocument } from './state-document'

/** The events of one batch. */
export type DeliveryEvent = Extract<StateEvent, { readonly id: string }>

/** The states that each event applies to: staged → sending → in-doubt | accepted → confirmed | held. */
const appliesTo: Readonly<Record<DeliveryEvent['type'], readonly OutboxEntry['state'][]>> = {
  'send-started': ['staged'],
  'returned-to-staged': ['sending'],
  'in-doubt': ['sending'],
  'doubt-cleared': ['in-doubt'],
  // From `staged`: while the state before a new document may have been lost, a lookup comes before the first send.
  accepted: ['staged', 'sending', 'in-doubt'],
  'retry-scheduled': ['accepted'],
  confirmed: ['staged', 'sending', 'in-doubt', 'accepted'],
  held: ['staged', 'sending', 'in-doubt', 'accepted'],
  split: ['staged', 'sending'],
  removed: ['confirmed'],
}

/** The life of a batch. @throws JobError `unexpected` where the event does not apply to its state */
export function reduceDelivery(document: StateDocument, event: DeliveryEvent): StateDocument {
  const entry = document.outbox.find(({ id }) => id === event.id)
  if (!entry || !appliesTo[event.type].includes(entry.state)) throw notApplicable(event, entry)

  switch (event.type) {
    case 'send-started': {
      const { identities, index: identity } = withIdentity(document.identities, event.identity)
      const firstSentAt = entry.firstSentAt ?? event.at
      const sending: OutboxEntry = { ...batchOf(entry), identity, firstSentAt, state: 'sending' }
      return replaceEntry({ ...document, identities }, event.id, sending)
    }
    case 'returned-to-staged': {
      const staged = replaceEntry(document, event.id, { ...batchOf(entry), state: 'staged' })
      return withPartition(staged, event.partition, { notBefore: event.notBefore })
    }
    case 'in-doubt': {
      const inDoubt: OutboxEntry = { ...batchOf(entry), state: 'in-doubt', doubtFrom: event.at }
      const waiting = replaceEntry(document, event.id, inDoubt)
      const barrier = Math.max(document.barrier, event.barrier)
      return withPartition({ ...waiting, barrier }, event.partition, { notBefore: event.notBefore })
    }
    case 'doubt-cleared':
      return progressed(replaceEntry(document, event.id, { ...batchOf(entry), state: 'staged' }))
    case 'accepted': {
      const { receipt, at: acceptedAt, notBefore } = event
      const accepted: OutboxEntry = { ...batchOf(entry), state: 'accepted', receipt, acceptedAt }
      return withPartition(progressed(replaceEntry(document, event.id, accepted)), event.partition, {
        notBefore,
      })
    }
    case 'retry-scheduled': {
      const retries = entry.retries + 1
      return replaceEntry(document, event.id, { ...batchOf(entry), retries, state: 'staged' })
    }
    case 'confirmed':
      return confirmed(document, entry, event)
    case 'held': {
      const held = replaceEntry(document, event.id, { ...batchOf(entry), state: 'held', hold: event.hold })
      return { ...held, counters: addCounters(held.counters, { invalidRows: event.invalidRows }) }
    }
    case 'split': {
      const more = event.halves.length - 1
      return {
        ...replaceEntry(document, event.id, ...event.halves),
        // The halves replace the whole batch, so its file is an orphan.
        orphans: withOrphans(document.orphans, [entry.run]),
        counters: addCounters(document.counters, { batches: more }),
      }
    }
    case 'removed':
      return replaceEntry(document, event.id)
  }
}

/** Replaces the batch `id` by `entries` at the same index: the order of the outbox is the order of delivery. */
export function replaceEntry(
  document: StateDocument,
  id: string,
  ...entries: readonly OutboxEntry[]
): StateDocument {
  const outbox = document.outbox.flatMap((entry) => (entry.id === id ? entries : [entry]))
  return { ...document, outbox }
}

/** Progress resets the count of attempts, which stops a job that only restarts itself. */
function progressed(document: StateDocument): StateDocument {
  return { ...document, attempts: 0 }
}

function confirmed(
  document: StateDocument,
  entry: OutboxEntry,
  { at, partition, by, notBefore, awaitsArrival }: Extract<StateEvent, { type: 'confirmed' }>,
): StateDocument {
  const confirmedByLookup = by === 'lookup' ? 1 : 0
  const next = replaceEntry(document, entry.id, { ...batchOf(entry), state: 'confirmed' })
  return withPartition(
    {
      ...progressed(next),
      arrivals: awaitsArrival ? withConfirmed(document.arrivals, entry, at) : document.arrivals,
      counters: addCounters(document.counters, { confirmed: 1, confirmedByLookup }),
    },
    partition,
    { confirmedAt: at, ...(notBefore === null ? {} : { notBefore }) },
  )
}

function withPartition(
  document: StateDocument,
  name: string,
  change: Partial<PartitionState>,
): StateDocument {
  const before = document.partitions[name] ?? { mark: null, notBefore: 0, confirmedAt: null }
  return { ...document, partitions: { ...document.partitions, [name]: { ...before, ...change } } }
}

function notApplicable({ type, id }: DeliveryEvent, entry: OutboxEntry | undefined): JobError {
  const state = entry ? `is ${entry.state}` : 'is not in the outbox'
  return new JobError(
    'unexpected',
    `The event ${type} does not apply to the batch ${id}: it ${state}.`,
    'Run again; if the error stays, report it as a defect of this app.',
    { details: { event: type, batch: id } },
  )
}
